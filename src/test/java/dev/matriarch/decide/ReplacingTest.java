package dev.matriarch.decide;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which Pod is made anew when its template has changed: only one in which PostgreSQL does not run and cannot. */
class ReplacingTest {

    private static final Protocol PROTOCOL = Protocol.founded("orders-0").withDatabase("73", 1);
    private static final boolean IDLE = true;
    private static final boolean OUTDATED = true;

    @Test
    void oneThatNeverStartedAndIsOutdated() {
        assertThat(step(instance(0, "no image", IDLE, OUTDATED, null))).contains(new Step.Replace("orders-0", "uid-0"));
    }

    @Test
    void oneWhoseSupervisorCannotStart() {
        for (String reason : List.of("start", "initdb")) {
            assertThat(step(instance(0, "", false, OUTDATED, report("failed", reason))))
                    .contains(new Step.Replace("orders-0", "uid-0"));
        }
    }

    @Test
    void notOneThatIsAsItsTemplateSays() {
        assertThat(step(instance(0, "no image", IDLE, false, null))).isEmpty();
        assertThat(step(instance(0, "", false, false, report("failed", "start"))))
                .isEmpty();
    }

    @Test
    void notOneThatMayRunOrIsAboutTo() {
        assertThat(step(instance(0, "", false, OUTDATED, null))).isEmpty();
        assertThat(step(instance(0, "", IDLE, OUTDATED, null)))
                .as("no trouble is known: it is being started")
                .isEmpty();
        assertThat(step(instance(0, "spec.pod.sidecars: no image", false, OUTDATED, null)))
                .as("only a sidecar is in trouble")
                .isEmpty();
        for (String step : List.of("starting", "running", "crashed", "initialising", "cloning")) {
            assertThat(step(instance(0, "", false, OUTDATED, report(step, "")))).isEmpty();
        }
        assertThat(step(instance(0, "", false, OUTDATED, report("failed", "basebackup"))))
                .as("it copies again without saying so")
                .isEmpty();
    }

    @Test
    void oneAtATimeAndNotWhileAnotherIsAway() {
        Instance stuck = instance(0, "no image", IDLE, OUTDATED, null);
        Instance alsoStuck = instance(1, "no image", IDLE, OUTDATED, null);
        assertThat(step(stuck, alsoStuck)).contains(new Step.Replace("orders-0", "uid-0"));
        assertThat(Replacing.step(seen(3, stuck, alsoStuck))).isEmpty();
    }

    @Test
    void itIsPartOfThePlan() {
        Observation seen = seen(1, instance(0, "no image", IDLE, OUTDATED, null));
        assertThat(Decision.decide(
                                new Intent("orders", 1, 0, false, Intent.FailoverWish.AT_ONCE),
                                seen,
                                java.time.Instant.EPOCH)
                        .steps())
                .contains(new Step.Replace("orders-0", "uid-0"));
    }

    private static Optional<Step> step(Instance... instances) {
        return Replacing.step(seen(instances.length, instances));
    }

    private static Observation seen(int replicas, Instance... instances) {
        return new Observation(PROTOCOL, List.of(instances), replicas, Optional.empty(), Observation.Memory.none());
    }

    private static Instance.Report report(String step, String reason) {
        return new Instance.Report(step, "run", 1, "data", reason, "says why");
    }

    private static Instance instance(
            int ordinal, String trouble, boolean idle, boolean outdated, Instance.Report report) {
        Instance.Pod pod = new Instance.Pod(
                "uid-" + ordinal, "", "", false, Optional.empty(), Optional.empty(), outdated, trouble, idle);
        return new Instance(
                "orders-" + ordinal,
                Optional.of(pod),
                Optional.empty(),
                Optional.ofNullable(report),
                Instance.Contact.REFUSED,
                Optional.empty());
    }
}
