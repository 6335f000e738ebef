package dev.matriarch.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.matriarch.Samples;
import dev.matriarch.api.PgClusterStatus;
import dev.matriarch.decide.Protocol;
import dev.matriarch.decide.Rule;
import dev.matriarch.decide.Waiting;
import dev.matriarch.status.StatusEvents.Event;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

/** What is told when the status changes: once, and as a warning only what nobody wanted. */
class StatusEventsTest {

    private final Seen seen = new Seen("");
    private final StatusEvents events = new StatusEvents();
    private Instant now = Seen.NOW;

    @Test
    void readyAndNoLongerReady() {
        assertTold(tuple("Normal", EventReason.Ready, "orders-0 accepts writes."));
        assertTold();
        seen.open = false;
        assertTold(tuple("Warning", EventReason.NotReady, "orders-0 does not accept clients."));
        assertTold();
        seen.open = true;
        assertTold(tuple("Normal", EventReason.Ready, "orders-0 accepts writes."));
    }

    @Test
    void aPauseAndItsEnd() {
        next();
        change("paused: true");
        assertTold(
                tuple(
                        "Normal",
                        EventReason.Paused,
                        "spec.paused is true: the operator changes nothing. An instance whose Pod is lost does not start before the pause ends."));
        assertTold();
        change("");
        assertTold(tuple("Normal", EventReason.Resumed, "spec.paused is false: the operator goes on."));
        assertTold();
    }

    @Test
    void aClusterThatIsPausedFromTheBeginning() {
        change("paused: true");
        assertThat(next()).extracting(Event::reason).contains(EventReason.Paused);
        assertTold();
    }

    @Test
    void aHibernationThatIsWantedIsNoWarning() {
        next();
        change("hibernated: true");
        assertTold(tuple(
                "Normal",
                EventReason.Hibernating,
                "spec.hibernated is true: the instances are being stopped, their volumes are kept."
                        + " Still there: orders-0, orders-1, orders-2."));
        seen.open = false;
        assertTold();
        seen.pods = false;
        assertTold(tuple(
                "Normal",
                EventReason.Hibernated,
                "spec.hibernated is true: all instances are stopped, their volumes are kept."));
        assertTold();
        change("");
        seen.pods = true;
        assertTold();
        seen.open = true;
        assertTold(tuple("Normal", EventReason.Ready, "orders-0 accepts writes."));
    }

    @Test
    void aPauseOfWhatHibernatesTellsOfNoOtherHibernation() {
        change("hibernated: true");
        seen.pods = false;
        next();
        change("{hibernated: true, paused: true}");
        assertThat(next()).extracting(Event::reason).containsExactly(EventReason.Paused);
        change("hibernated: true");
        assertThat(next()).extracting(Event::reason).containsExactly(EventReason.Resumed);
    }

    @Test
    void whatIsRefusedIsToldOnceOfEachMessage() {
        next();
        seen.problems.add(new Problem("spec.a", "wrong"));
        assertTold(tuple("Warning", EventReason.Refused, "spec.a: wrong."));
        assertTold();
        seen.problems.set(0, new Problem("spec.a", "still wrong"));
        assertTold(tuple("Warning", EventReason.Refused, "spec.a: still wrong."));
    }

    @Test
    void troublesThatComeByTurnsAreToldOnceOfEachForAWhile() {
        next();
        seen.streaming = List.of(1);
        assertThat(trouble("orders-2: no node")).containsExactly("orders-2: no node");
        assertThat(trouble("orders-2: no image")).containsExactly("orders-2: no image");
        assertThat(trouble("orders-2: no node")).isEmpty();
        now = now.plusSeconds(600);
        assertThat(trouble("orders-2: no image")).containsExactly("orders-2: no image");
    }

    @Test
    void whatIsRefusedBeforeAnythingWasMadeIsNoTroubleThatSaysNothing() {
        seen.protocol = Protocol.none();
        seen.ruleInForce = Optional.of(Rule.none("orders-0"));
        seen.replicas = -1;
        seen.open = false;
        seen.pods = false;
        seen.streaming = List.of();
        seen.problems.add(new Problem("spec.a", "wrong"));
        assertTold(tuple("Warning", EventReason.Refused, "spec.a: wrong."));
        assertThat(seen.cluster.getStatus().phase()).isEqualTo(PgClusterStatus.Phase.Failed);
    }

    private List<String> trouble(String message) {
        seen.waitings.clear();
        seen.waitings.add(new Waiting(Waiting.Reason.PodTrouble, message));
        return next().stream()
                .filter(each -> each.reason() == EventReason.Trouble)
                .map(Event::message)
                .toList();
    }

    private void change(String spec) {
        seen.cluster.setSpec(Samples.cluster(spec).getSpec());
    }

    private void assertTold(Tuple... expected) {
        assertThat(next())
                .extracting(each -> each.reason().type(), Event::reason, Event::message)
                .containsExactly(expected);
    }

    /** What the next look tells. */
    private List<Event> next() {
        PgClusterStatus before = seen.cluster.getStatus();
        now = now.plusSeconds(1);
        PgClusterStatus after = seen.report(now);
        return events.of(seen.cluster, seen.found(), before, after, now);
    }
}
