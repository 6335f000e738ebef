package dev.matriarch.chaos;

import dev.matriarch.chaos.Attempt.Outcome;
import dev.matriarch.chaos.Attempt.Way;
import dev.matriarch.chaos.Fault.Aftermath;
import dev.matriarch.chaos.WriteGaps.Gap;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Operator;
import dev.matriarch.e2e.support.TestCluster;
import dev.matriarch.e2e.support.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.awaitility.core.ConditionTimeoutException;

/**
 * One cycle: load, fault, end of the fault, whole again, rest, comparison. The clock of this process decides only in which window gaps are
 * looked for; how long they were is told by the clients' own.
 */
final class CycleRun {

    private static final Duration BEFORE = Duration.ofSeconds(1);
    private static final Duration AFTER = Duration.ofSeconds(1);

    private final Stage stage;
    private final Duration limit;

    /** Of each round that was compared: its log, for the comparison at the end. */
    private final Map<Integer, RoundLog> rounds = new TreeMap<>();

    /** How many rows each instance had of these rounds when they were compared last. */
    private final Map<String, Long> held = new TreeMap<>();

    CycleRun(Stage stage, Duration limit) {
        this.stage = stage;
        this.limit = limit;
    }

    /**
     * What was seen, beyond the result: for those who want to look into it.
     *
     * @param clients of each writer, the longest time without an acknowledged write
     * @param readers of each reader, the longest time without a read that succeeded
     */
    record Seen(
            CycleResult result,
            Gap service,
            Gap multihost,
            Map<Way, List<Gap>> clients,
            List<Gap> readers,
            long rested) {}

    /** Runs it. */
    Seen run(Schedule.Cycle planned) throws Exception {
        Cluster cluster = stage.cluster();
        List<String> complaints = new ArrayList<>();
        // A fault before may have taken the operator: while none leads, nobody is replaced.
        Waiting.await("an operator leads", limit).until(Operator::leader, Objects::nonNull);
        long epoch = cluster.status().epoch();
        stage.clients().begin(planned.number());
        long loaded = now();
        Thread.sleep(BEFORE.toMillis());

        Situation situation = new Situation(cluster, new Random(planned.seed()));
        long began = now();
        Injury injury = planned.fault().inject(situation);
        try {
            Thread.sleep(injury.lasts().toMillis());
        } finally {
            injury.undo().run();
        }
        long ended = now();
        boolean whole = awaitWhole(injury, complaints);
        long wholeAt = now();
        Thread.sleep(AFTER.toMillis());
        long rested = now(); // one after the other rests from now on, and to ask the first may take long
        stage.clients().rest();
        // The status is as old as the operator's last look: of an instance that came back at once it may not have known
        // yet.
        whole = whole && awaitWhole(injury, complaints);

        Map<String, ClientLog.Piece> pieces = stage.clients().fetch();
        Map<String, List<Attempt>> unharmed = new TreeMap<>();
        pieces.forEach((node, piece) -> {
            if (!injury.nodes().contains(node)) {
                unharmed.put(node, piece.attempts());
            }
        });
        Gap service = WriteGaps.longest(unharmed.values(), Way.SERVICE, began, rested);
        Gap multihost = WriteGaps.longest(unharmed.values(), Way.MULTIHOST, began, rested);
        long epochs = cluster.status().epoch() - epoch;
        complaints.addAll(Requirements.complaints(
                planned.fault(), new Aftermath(epochs, Math.max(service.millis(), multihost.millis()))));

        RoundLog log = RoundLog.of(
                pieces.values().stream().map(ClientLog.Piece::attempts).toList());
        Verification verification = whole ? verify(planned.number(), log, complaints) : notCompared(log, complaints);
        CycleResult result = new CycleResult(
                planned.number(),
                planned.fault().name(),
                injury.what(),
                cluster.get().getSpec().instances(),
                injury.lasts().toMillis(),
                service.millis(),
                multihost.millis(),
                planned.fault().writesWithin().toMillis(),
                WriteGaps.longestOfOneWriter(unharmed.values(), Way.SERVICE, began, rested)
                        .millis(),
                WriteGaps.longestOfOneWriter(unharmed.values(), Way.MULTIHOST, began, rested)
                        .millis(),
                whole ? (wholeAt - ended) / 1000 : -1,
                epochs,
                verification.acknowledged(),
                rate(pieces, loaded, began),
                (int) Math.round(pieces.values().stream()
                        .mapToDouble(ClientLog.Piece::offered)
                        .sum()),
                verification.unknown(),
                (int) reads(pieces, false),
                (int) (reads(pieces, false) + reads(pieces, true)),
                verification.losses(),
                verification.duplicated().size(),
                List.copyOf(complaints));
        Map<Way, List<Gap>> clients = new EnumMap<>(Way.class);
        for (Way way : Way.values()) {
            clients.put(way, WriteGaps.ofEachWriter(unharmed.values(), way, began, rested));
        }
        List<Gap> readers = pieces.entrySet().stream()
                .filter(piece -> unharmed.containsKey(piece.getKey()))
                .map(piece -> ReadGaps.longest(piece.getValue().reads(), began, rested))
                .toList();
        return new Seen(result, service, multihost, clients, readers, rested);
    }

    private boolean awaitWhole(Injury injury, List<String> complaints) {
        try {
            Waiting.await("what the fault broke is there anew", limit).until(injury.over());
            Waiting.await("whole again", limit).untilAsserted(stage.cluster()::assertSettled);
            return true;
        } catch (ConditionTimeoutException e) {
            complaints.add("not whole within " + limit.toSeconds() + " s: " + e.getMessage());
            TestCluster.fault("all", "heal");
            return false;
        }
    }

    /**
     * Compares a round with every instance, and earlier rounds too when their rows have become fewer or more. More they may become: the kernel of a
     * client that has given up goes on sending its COMMIT for a while, and so a write of unknown outcome can arrive late.
     */
    Verification verify(int round, RoundLog log, List<String> complaints) throws Exception {
        complaints.addAll(stage.rows().awaitReplay());
        if (!stage.rows().before(round).equals(held)) {
            complaints.addAll(verifyAll());
        }
        Verification verification = compare(round, log);
        rounds.put(round, log);
        held.clear();
        held.putAll(stage.rows().before(round + 1));
        complaints.addAll(verification.complaints());
        return verification;
    }

    /** A late write may come between the looks at two instances; so what is not the same on all of them is looked at again. A loss or a duplicate is one at once. */
    private Verification compare(int round, RoundLog log) throws Exception {
        Verification verification = Verification.compare(log, stage.rows().ofRound(round));
        for (int again = 0; again < 2 && !verification.clean(); again++) {
            if (!verification.lost().isEmpty() || !verification.duplicated().isEmpty()) {
                break;
            }
            stage.rows().awaitReplay();
            verification = Verification.compare(log, stage.rows().ofRound(round));
        }
        return verification;
    }

    private Verification notCompared(RoundLog log, List<String> complaints) {
        complaints.add("not compared with the instances, because the cluster is not whole");
        return new Verification(log.acknowledged().length, log.unknown().length, 0, List.of(), List.of(), List.of());
    }

    /** Compares all earlier rounds once more, id by id; an empty list when all is well. */
    List<String> verifyAll() throws Exception {
        List<String> complaints = new ArrayList<>(stage.rows().awaitReplay());
        for (Map.Entry<Integer, RoundLog> round : rounds.entrySet()) {
            compare(round.getKey(), round.getValue())
                    .complaints()
                    .forEach(each -> complaints.add("of cycle " + round.getKey() + ": " + each));
        }
        return complaints;
    }

    private static int rate(Map<String, ClientLog.Piece> pieces, long from, long to) {
        // The first half second is that of connections being opened.
        long begin = from + 500_000;
        long count = pieces.values().stream()
                .flatMap(piece -> piece.attempts().stream())
                .filter(attempt ->
                        attempt.outcome() == Outcome.ACKNOWLEDGED && attempt.ended() >= begin && attempt.ended() < to)
                .count();
        return (int) (count * 1_000_000 / (to - begin));
    }

    private static long reads(Map<String, ClientLog.Piece> pieces, boolean succeeded) {
        return pieces.values().stream()
                .flatMap(piece -> piece.reads().stream())
                .filter(read -> read.succeeded() == succeeded)
                .count();
    }

    private static long now() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }
}
