package dev.matriarch.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.matriarch.Samples;
import dev.matriarch.decide.Planned;
import dev.matriarch.decide.Protocol;
import dev.matriarch.decide.Step;
import dev.matriarch.status.EventReason;
import dev.matriarch.status.ProtocolStatus;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RecordEventsTest {

    private static final Instant END = Instant.parse("2026-11-21T11:00:01.412Z");

    private static final Protocol PROMOTING =
            ProtocolStatus.read(Samples.cluster("", """
                    {epoch: 2, primary: orders-1, systemIdentifier: '7', timeline: 2, ruleGeneration: 4,
                     rules: [{primary: orders-1, members: [orders-0/e2], required: 1}],
                     transition: {kind: Switchover, phase: Promoting, epoch: 2, from: orders-0, to: orders-1,
                      startedAt: '2026-11-21T11:00:01Z',
                      planned: {name: to-1, uid: u, deadline: '2026-11-21T11:01:00Z', phases: []}}}""").getStatus());

    /** Not by the deed that stops it, which may end before it has heard that it worked. */
    @Test
    void aPrimaryThatIsToBeStoppedIsToldWithTheRecord() {
        Protocol before = PROMOTING.ended(END);
        Protocol opened = before.opened(
                "orders-0", END, PROMOTING.transition().orElseThrow().planned().orElseThrow());

        assertThat(RecordEvents.of(new Step.Record(before, opened, "orders-0 is to lead")))
                .extracting(RecordEvents.Told::reason, RecordEvents.Told::message)
                .contains(tuple(EventReason.Demoting, "orders-1 is being stopped in epoch 3, so that another leads."));
        assertThat(RecordEvents.of(new Step.Record(opened, opened, "again")))
                .extracting(RecordEvents.Told::reason)
                .doesNotContain(EventReason.Demoting);
    }

    @Test
    void aSwitchoverThatHasEndedIsToldWithItsOutage() {
        assertThat(RecordEvents.of(new Step.Record(PROMOTING, PROMOTING.ended(END), "the commits are confirmed")))
                .extracting(RecordEvents.Told::reason, RecordEvents.Told::message)
                .containsExactly(
                        tuple(EventReason.Recorded, "Epoch 2, rule generation 4: the commits are confirmed."),
                        tuple(
                                EventReason.SwitchedOver,
                                "orders-1 leads, and no longer orders-0. Writes waited for 412 ms, as the operator saw it."));
    }

    @Test
    void oneThatWasGivenUpIsAWarning() {
        assertThat(RecordEvents.of(new Step.Record(
                        PROMOTING, PROMOTING.takenBack(Planned.Reversal.TargetLost, END), "it is given up")))
                .extracting(RecordEvents.Told::reason, RecordEvents.Told::message)
                .containsExactly(tuple(EventReason.SwitchoverFailed, "Epoch 2, rule generation 4: it is given up."));
    }

    /** Of what comes after, the switchover before is told no more. */
    @Test
    void eachIsToldOnce() {
        Protocol ended = PROMOTING.ended(END);
        assertThat(RecordEvents.of(new Step.Record(ended, ended.nextEpoch("orders-1"), "whatever")))
                .extracting(RecordEvents.Told::reason)
                .containsExactly(EventReason.Recorded);
    }
}
