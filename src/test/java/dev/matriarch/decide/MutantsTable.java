package dev.matriarch.decide;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.stream.Stream;

/** The table of docs/simulation.md: each {@link Mutant} with how often it is noticed. */
final class MutantsTable {

    /** How many courses each number of the table is of. */
    static final long SEEDS = 8_000;

    private MutantsTable() {}

    static Stream<Mutant> all() {
        return Arrays.stream(Mutant.values()).filter(each -> each != Mutant.NONE);
    }

    /** Prints it, a row after the other as it is known. */
    static void print(long from, long seeds, PrintStream table, PrintStream progress) throws InterruptedException {
        table.println("| mutant | what is left out | violated in | told as |");
        table.println("| --- | --- | ---: | --- |");
        for (Mutant mutant : all().toList()) {
            Campaign campaign = new Campaign(from, seeds, mutant).run(progress);
            table.println(before(mutant) + numbers(campaign) + after(mutant));
        }
    }

    /** A row up to its number. */
    static String before(Mutant mutant) {
        return "| `" + mutant + "` | " + mutant.leftOut + " | ";
    }

    /** A row from behind its number. */
    static String after(Mutant mutant) {
        return " | " + (mutant.toldAs.isEmpty() ? "" : "`" + mutant.toldAs + "` ") + "|";
    }

    /** In how many safety was violated, and in how many else it did not end whole. */
    private static String numbers(Campaign campaign) {
        long others = campaign.count(Violation.Kind.LIVENESS) + campaign.count(Violation.Kind.ERROR);
        return campaign.count(Violation.Kind.SAFETY) + (others == 0 ? "" : " (" + others + ")");
    }
}
