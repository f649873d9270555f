// Without this script every link still works; with it, notes and citations open where the reader is.
(() => {
  const words = { close: "{{ terms.close }}", copied: "{{ terms.copied }}", note: "{{ terms.note }}" };
  let open = null;

  function close(focus) {
    if (!open) return;
    open.box.remove();
    open.call.setAttribute("aria-expanded", "false");
    if (focus) open.call.focus();
    open = null;
  }

  function content(call) {
    const target = document.getElementById(decodeURIComponent(call.hash.slice(1)));
    if (!target) return null;
    const copy = document.createElement("div");
    copy.append(...target.cloneNode(true).childNodes);
    copy.querySelectorAll("[role='doc-backlink'], [role='doc-pagebreak'], .backlinks").forEach((link) => link.remove());
    copy.querySelectorAll("[id]").forEach((element) => element.removeAttribute("id"));
    return copy;
  }

  function show(call) {
    const copy = content(call);
    if (!copy) return false;
    const box = document.createElement("aside");
    box.className = "opened";
    box.setAttribute("role", "note");
    box.setAttribute("aria-label", call.textContent.trim() || words.note);
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "×";
    button.setAttribute("aria-label", words.close);
    button.addEventListener("click", () => close(true));
    box.append(copy, button);
    const block = call.closest("p, li, dd, td, figcaption, caption, blockquote, h2, h3, h4") || call;
    const place = block.closest(".table-scroll") || block;
    if (place.tagName === "LI") place.append(box); else place.after(box);
    call.setAttribute("aria-expanded", "true");
    open = { box, call };
    return true;
  }

  document.addEventListener("click", (event) => {
    const call = event.target.closest("a[role='doc-noteref'], a[role='doc-biblioref']");
    if (!call || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const same = open && open.call === call;
    close(false);
    if (same || show(call)) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close(true);
  });

  document.querySelectorAll("button.copy").forEach((button) => {
    if (!navigator.clipboard) return;
    button.hidden = false;
    const label = button.textContent;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
      button.textContent = words.copied;
      setTimeout(() => { button.textContent = label; }, 2000);
    });
  });

  // Contents: closed on a narrow screen, and the section being read marked on a wide one.
  const contents = document.querySelector("nav.contents details");
  if (contents && matchMedia("(max-width: 69rem)").matches) contents.open = false;
  const links = new Map([...document.querySelectorAll("nav.contents a")].map((link) => [decodeURIComponent(link.hash.slice(1)), link]));
  if ("IntersectionObserver" in window) {
    const seen = new Set();
    const observer = new IntersectionObserver((entries) => {
      entries.forEach((entry) => (entry.isIntersecting ? seen.add(entry.target.id) : seen.delete(entry.target.id)));
      const current = [...links.keys()].filter((id) => seen.has(id)).pop();
      links.forEach((link, id) => (id === current ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
    }, { rootMargin: "-20% 0px -70% 0px" });
    links.forEach((_, id) => { const section = document.getElementById(id); if (section) observer.observe(section); });
  }
})();
