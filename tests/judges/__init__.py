"""Judges: independent validators that the finished editions are put before.

Each is a function that takes files and gives their complaints, one string each and none where all is well. What they
need is installed once, by package name and at a pinned version: Python packages by the ``dev`` extra, Node's by
package-lock.json here, programs by compositor/system.py. What has to be unpacked or compiled goes into a cache folder,
``COMPOSITOR_JUDGES`` or else the user's, never into the repository.

To renew package-lock.json, without addresses: ``npm install --package-lock-only --omit-lockfile-registry-resolved``, then
take its ``funding`` entries out.
"""
