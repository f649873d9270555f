import java.io.File;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.LogManager;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/**
 * Puts PDFs before veraPDF, many in one start: VeraCheck PROFILE[,PROFILE] FILE...
 * Prints a verdict for each file and profile, "PASS profile file" or "FAIL profile file", and below a FAIL each rule
 * broken, once, with how often and the first place.
 */
public final class VeraCheck {
    private static final int MAX_FAILURES = 1000;

    public static void main(String[] arguments) throws Exception {
        LogManager.getLogManager().reset();
        VeraGreenfieldFoundryProvider.initialise();
        for (int number = 1; number < arguments.length; number++) {
            for (String profile : arguments[0].split(",")) {
                check(arguments[number], PDFAFlavour.byFlavourId(profile));
            }
        }
    }

    private static void check(String file, PDFAFlavour profile) throws Exception {
        try (PDFAParser parser = Foundries.defaultInstance().createParser(new File(file), profile)) {
            PDFAValidator validator = Foundries.defaultInstance().createValidator(profile, MAX_FAILURES, false, true, false);
            ValidationResult result = validator.validate(parser);
            System.out.println((result.isCompliant() ? "PASS " : "FAIL ") + profile.getId() + " " + file);
            Map<String, Integer> counts = new TreeMap<>();
            Map<String, String> first = new TreeMap<>();
            for (TestAssertion assertion : result.getTestAssertions()) {
                if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                    String rule = assertion.getRuleId().getClause() + " test " + assertion.getRuleId().getTestNumber();
                    counts.merge(rule, 1, Integer::sum);
                    first.putIfAbsent(rule, assertion.getErrorMessage() + " @ " + assertion.getLocation().getContext());
                }
            }
            for (Map.Entry<String, Integer> count : counts.entrySet()) {
                System.out.println("    " + count.getKey() + ", " + count.getValue() + " times: " + first.get(count.getKey()));
            }
        }
    }
}
