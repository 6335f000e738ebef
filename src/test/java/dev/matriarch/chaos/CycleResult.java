package dev.matriarch.chaos;

import java.util.List;
import java.util.Locale;

/**
 * What a cycle came to. Times are milliseconds.
 *
 * @param cycle its number
 * @param fault what was done
 * @param to whom
 * @param instances of the cluster
 * @param lasted how long the fault lasted; 0 for what is done once
 * @param gapService longest time without an acknowledged write by the Service, in the client Pods that the fault left alone
 * @param gapMultihost the same by the multi-host URI
 * @param writesWithin how long either may be
 * @param worstService the longest such time that any single writer saw
 * @param worstMultihost the same
 * @param whole from the end of the fault until the cluster was whole again; -1: it was not, in time
 * @param epochs by how much the epoch rose
 * @param acknowledged writes of this cycle, by all clients
 * @param perSecond of them, in the second before the fault: what was reached
 * @param offered writes a second that the clients try for, all together
 * @param unknown attempts whose outcome nobody knows
 * @param failedReads reads through the Service of the standbys that failed
 * @param reads of all
 * @param lost acknowledged writes that are missing somewhere
 * @param duplicated writes that are there twice
 * @param complaints everything that was not as it must be
 */
public record CycleResult(
        int cycle,
        String fault,
        String to,
        int instances,
        long lasted,
        long gapService,
        long gapMultihost,
        long writesWithin,
        long worstService,
        long worstMultihost,
        long whole,
        long epochs,
        int acknowledged,
        int perSecond,
        int offered,
        int unknown,
        int failedReads,
        int reads,
        long lost,
        long duplicated,
        List<String> complaints) {

    /** Whether everything was as it must be. */
    public boolean isClean() {
        return complaints.isEmpty();
    }

    /** Whether instances and logs were compared: only then {@code lost} and {@code duplicated} say anything. */
    boolean compared() {
        return whole >= 0;
    }

    /** One line for people. */
    public String line() {
        return String.format(
                        Locale.ROOT,
                        "%3d  %-28s %-34s gap: Service %6d ms, multi-host %6d ms;  whole after %6s;  epoch +%d;  %6d acknowledged (%d/s of %d/s), %d unknown, %s",
                        cycle,
                        fault,
                        to + " of " + instances,
                        gapService,
                        gapMultihost,
                        whole < 0 ? "never" : String.format(Locale.ROOT, "%.1f s", whole / 1000.0),
                        epochs,
                        acknowledged,
                        perSecond,
                        offered,
                        unknown,
                        compared() ? lost + " lost, " + duplicated + " duplicated" : "not compared")
                + (complaints.isEmpty() ? "" : "\n     ! " + String.join("\n     ! ", complaints));
    }
}
