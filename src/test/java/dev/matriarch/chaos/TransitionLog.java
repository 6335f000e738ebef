package dev.matriarch.chaos;

import dev.matriarch.e2e.support.Operator;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the operator says about its own steps, from its log: the one place that knows how such a line looks. Every Event is such a line too, with
 * milliseconds that the Event itself doesn't have:
 *
 * <pre>2026-11-21T15:09:46.025 INFO  [Events] chaos/orders NotReady: orders-0 does not run or stream yet.</pre>
 *
 * The word after the cluster is the step. Whoever adds a step to the operator's transitions logs it so, and it has a row in the benchmark's table.
 */
final class TransitionLog {

    private static final Pattern LINE = Pattern.compile(
            "(?:\\[[^]]*] )?(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}) +[A-Z]+ +\\[\\w+] ([a-z0-9-]+/[a-z0-9-]+) (\\w+): (.*)");

    private TransitionLog() {}

    /**
     * A step.
     *
     * @param at microseconds since 1970, exact to the millisecond
     */
    record Moment(long at, String step, String words) {}

    /** The steps about a cluster in a while, in their order. */
    static List<Moment> read(String namespaceAndCluster, long from, long to) {
        return parse(Operator.logs(), namespaceAndCluster).stream()
                .filter(moment -> moment.at() >= from && moment.at() <= to)
                .sorted(Comparator.comparingLong(Moment::at))
                .toList();
    }

    /**
     * When each kind of step was taken first, in their order. Records are counted one by one: in a failover the first one opens the epoch, the second one elects, and
     * the third one ends it.
     *
     * @return microseconds since 1970, by the name of the row
     */
    static Map<String, Long> firsts(List<Moment> moments) {
        Map<String, Long> firsts = new LinkedHashMap<>();
        int records = 0;
        for (Moment moment : moments) {
            String row = moment.step().equals("Recorded") ? "Recorded, " + ++records + "." : moment.step();
            firsts.putIfAbsent(row, moment.at());
        }
        return firsts;
    }

    static List<Moment> parse(String log, String namespaceAndCluster) {
        List<Moment> moments = new ArrayList<>();
        log.lines().forEach(line -> {
            Matcher words = LINE.matcher(line);
            if (words.matches() && words.group(2).equals(namespaceAndCluster)) {
                Instant at = LocalDateTime.parse(words.group(1)).toInstant(ZoneOffset.UTC);
                moments.add(new Moment(ChronoUnit.MICROS.between(Instant.EPOCH, at), words.group(3), words.group(4)));
            }
        });
        return moments;
    }
}
