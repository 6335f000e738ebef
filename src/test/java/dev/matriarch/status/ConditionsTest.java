package dev.matriarch.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.Samples;
import dev.matriarch.api.StatusCondition;
import dev.matriarch.decide.Protocol;
import dev.matriarch.decide.Rule;
import dev.matriarch.decide.Waiting;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Ready, Replicated, Progressing, Accepted, RestartPending. */
class ConditionsTest {

    private final Seen seen = new Seen("");

    @Test
    void allOfThemAreAlwaysThereAndSayWhatTheyAreAbout() {
        assertThat(seen.report().conditions())
                .extracting(StatusCondition::type)
                .containsExactly("Ready", "Replicated", "Progressing", "Accepted", "RestartPending");
        assertThat(seen.report().conditions()).allSatisfy(each -> {
            assertThat(each.observedGeneration()).isEqualTo(4);
            assertThat(each.reason()).matches("[A-Za-z]+");
            assertThat(each.message()).isNotBlank();
            assertThat(each.lastTransitionTime()).isEqualTo("2026-11-21T11:00:00Z");
        });
    }

    @Test
    void aTransitionTimeChangesOnlyWithItsStatus() {
        seen.report();
        seen.waitings.add(new Waiting(Waiting.Reason.ChangingRule, "first"));
        assertThat(condition("Progressing", 10).lastTransitionTime()).isEqualTo("2026-11-21T11:00:10Z");
        seen.waitings.set(0, new Waiting(Waiting.Reason.InstancesStarting, "second"));
        StatusCondition other = condition("Progressing", 20);
        assertThat(other.message()).isEqualTo("second.");
        assertThat(other.lastTransitionTime()).isEqualTo("2026-11-21T11:00:10Z");
        assertThat(condition("Ready", 30).lastTransitionTime()).isEqualTo("2026-11-21T11:00:00Z");
    }

    @Test
    void readyMeansThatWritesAreAccepted() {
        assertThat(condition("Ready", 0).isTrue()).isTrue();
        seen.streaming = List.of(2);
        assertThat(condition("Ready", 0).isTrue()).as("one of two is enough").isTrue();
        seen.streaming = List.of();
        assertThat(condition("Ready", 0).isTrue()).as("writes wait").isFalse();
    }

    @Test
    void readyMeansThatTheRuleInForceIsOnRecord() {
        seen.ruleInForce = Optional.of(Rule.none("orders-0"));
        assertThat(condition("Ready", 0).isTrue()).isFalse();
    }

    @Test
    void readyMeansThatClientsAreAdmitted() {
        seen.problems.add(Problem.NO_CLIENT_ADMITTED);
        assertThat(condition("Ready", 0))
                .extracting(StatusCondition::status, StatusCondition::reason, StatusCondition::message)
                .containsExactly(
                        "False",
                        "NoClientAdmitted",
                        "spec.postgresql.hba: no client is admitted before this is corrected. Accepted says what is wrong.");
    }

    @Test
    void readySaysWhatIsTheMatterTroubleFirst() {
        seen.open = false;
        assertThat(condition("Ready", 0).reason()).isEqualTo("PrimaryUnavailable");
        seen.waitings.add(new Waiting(Waiting.Reason.InstancesStarting, "orders-0 does not run yet."));
        seen.waitings.add(new Waiting(Waiting.Reason.PodTrouble, "orders-0: no image"));
        assertThat(condition("Ready", 0))
                .extracting(StatusCondition::reason, StatusCondition::message)
                .containsExactly("PodTrouble", "orders-0: no image.");
    }

    @Test
    void readySaysFirstWhatAPersonCanDo() {
        seen.open = false;
        seen.waitings.add(new Waiting(Waiting.Reason.PodTrouble, "orders-0: no node"));
        seen.waitings.add(new Waiting(Waiting.Reason.NoSafeCandidate, "orders-0 is lost. Type this."));
        assertThat(condition("Ready", 0))
                .extracting(StatusCondition::reason, StatusCondition::message)
                .containsExactly("NoSafeCandidate", "orders-0 is lost. Type this. orders-0: no node.");
    }

    @Test
    void replicatedNamesWhoIsMissing() {
        assertThat(condition("Replicated", 0).isTrue()).isTrue();
        seen.streaming = List.of(1);
        assertThat(condition("Replicated", 0).isTrue()).isFalse();
        assertThat(condition("Replicated", 0).message()).isEqualTo("Not streaming: orders-2.");
    }

    @Test
    void acceptedNamesTheFieldThatWasRefused() {
        seen.problems.add(new Problem("spec.postgresql.parameters.work_mem", "'x' is not a number."));
        assertThat(condition("Accepted", 0).isTrue()).isFalse();
        assertThat(condition("Accepted", 0).message())
                .isEqualTo("spec.postgresql.parameters.work_mem: 'x' is not a number.");
    }

    @Test
    void whatWaitsForARestartIsTold() {
        assertThat(condition("RestartPending", 0).isTrue()).isFalse();
        seen.pendingRestart = List.of("max_connections");
        assertThat(condition("RestartPending", 0).isTrue()).isTrue();
        assertThat(condition("RestartPending", 0).message()).contains("orders-0 (max_connections)", "standbys first");
    }

    @Test
    void whatIsLoweredIsLoweredAtThePrimaryFirst() {
        seen.pendingRestart = List.of("max_connections lowered");
        assertThat(condition("RestartPending", 0).message())
                .contains("orders-0 (max_connections lowered)", "first that of the primary, orders-0")
                .doesNotContain("standbys first");
    }

    @Test
    void aClusterThatDoesNotExistYetIsNotReplicated() {
        seen.protocol = Protocol.founded("orders-0").withRuleBeside(Rule.none("orders-0"));
        assertThat(condition("Replicated", 0).isTrue()).isFalse();
        assertThat(condition("Replicated", 0).message())
                .isEqualTo("There is no primary yet that a standby could follow.");
    }

    @Test
    void oneInstanceHasNoStandbys() {
        Seen one = new Seen("instances: 1");
        assertThat(one.report().conditions().get(1).message())
                .isEqualTo("There is one instance, on timeline 1, and no standby.");
    }

    @Test
    void whatOthersSayBecomesASentence() {
        seen.open = false;
        seen.waitings.add(new Waiting(Waiting.Reason.PodTrouble, "orders-0: not found"));
        seen.waitings.add(new Waiting(Waiting.Reason.Initialising, "orders-0 initialises the cluster."));
        assertThat(condition("Progressing", 0).message())
                .isEqualTo("orders-0: not found. orders-0 initialises the cluster.");
        assertThat(condition("Ready", 0).message()).isEqualTo("orders-0: not found.");
        seen.problems.add(new Problem("spec.a", "wrong"));
        seen.problems.add(new Problem("spec.b", "too."));
        assertThat(condition("Accepted", 0).message()).isEqualTo("spec.a: wrong. spec.b: too.");
    }

    @Test
    void whatDoesNotStartDuringAPauseIsTold() {
        Seen paused = new Seen("paused: true");
        paused.streaming = List.of(2);
        assertThat(paused.report().conditions().get(2).message())
                .contains("does not start before the pause ends; so waits: orders-1.");
    }

    @Test
    void hibernatedAndPausedAreNotProblems() {
        Seen hibernated = new Seen("hibernated: true");
        hibernated.pods = false;
        assertThat(hibernated.report().conditions().get(0).reason()).isEqualTo("Hibernated");
        Seen paused = new Seen("paused: true");
        assertThat(paused.report().conditions().get(2).reason()).isEqualTo("Paused");
    }

    @Test
    void whileItStopsItIsSaidWhoIsStillThere() {
        Seen stopping = new Seen("hibernated: true");
        assertThat(stopping.report().conditions().get(0))
                .extracting(StatusCondition::status, StatusCondition::reason, StatusCondition::message)
                .containsExactly(
                        "False",
                        "Hibernating",
                        "spec.hibernated is true: the instances are being stopped, their volumes are kept."
                                + " Still there: orders-0, orders-1, orders-2.");
    }

    @Test
    void duringAPauseNothingIsStopped() {
        Seen paused = new Seen("{hibernated: true, paused: true}");
        assertThat(paused.report().conditions().get(0).reason()).isEqualTo("AcceptsWrites");
        assertThat(paused.report().conditions().get(2).message())
                .endsWith("spec.hibernated takes effect when the pause ends.");
        paused.pods = false;
        assertThat(paused.report().conditions().get(0).reason()).isEqualTo("Hibernated");
    }

    @Test
    void duringAPauseTheLastVerdictStands() {
        assertThat(condition("Accepted", 0).reason()).isEqualTo("Valid");
        change("paused: true", 5);
        StatusCondition accepted = condition("Accepted", 10);
        assertThat(accepted.isTrue()).isTrue();
        assertThat(accepted.reason()).isEqualTo("Paused");
        assertThat(accepted.message()).contains("looked at again when the pause ends", "Generation 4 of it was");
        assertThat(accepted.observedGeneration()).isEqualTo(4);
        assertThat(condition("Accepted", 20)).as("and so in the next look").isEqualTo(accepted);
        change("", 6);
        assertThat(condition("Accepted", 30).reason()).isEqualTo("Valid");
        assertThat(condition("Accepted", 30).observedGeneration()).isEqualTo(6);
    }

    @Test
    void whatWasRefusedBeforeAPauseStillIs() {
        seen.problems.add(new Problem("spec.a", "wrong"));
        StatusCondition refused = condition("Accepted", 0);
        change("paused: true", 5);
        seen.problems.clear();
        assertThat(condition("Accepted", 10)).isEqualTo(refused);
    }

    @Test
    void aPauseFromTheBeginningHasNoVerdict() {
        Seen paused = new Seen("paused: true");
        assertThat(paused.report().conditions().get(3))
                .extracting(StatusCondition::status, StatusCondition::reason)
                .containsExactly("Unknown", "Paused");
    }

    @Test
    void whileThePrimaryChangesTheLastVerdictStandsBesideWhatIsFound() {
        seen.problems.add(new Problem("spec.a", "wrong"));
        StatusCondition refused = condition("Accepted", 0);
        seen.problems.clear();
        Protocol settled = seen.protocol;
        seen.protocol = settled.opened(Seen.NOW, Optional.empty());
        assertThat(condition("Accepted", 10)).isEqualTo(refused);
        seen.problems.add(new Problem("metadata.annotations", "too late"));
        assertThat(condition("Accepted", 20).message()).isEqualTo("metadata.annotations: too late.");
        seen.problems.clear();
        seen.protocol = settled;
        assertThat(condition("Accepted", 30).isTrue()).isTrue();
    }

    @Test
    void messagesAreCutToWhatKubernetesTakes() {
        seen.problems.add(new Problem("spec", "x".repeat(10_000)));
        assertThat(condition("Accepted", 0).message())
                .hasSizeLessThanOrEqualTo(32_768)
                .hasSize(4000);
    }

    private void change(String spec, long generation) {
        seen.cluster.setSpec(Samples.cluster(spec).getSpec());
        seen.cluster.getMetadata().setGeneration(generation);
    }

    private StatusCondition condition(String type, int secondsLater) {
        return seen.report(Seen.NOW.plusSeconds(secondsLater)).conditions().stream()
                .filter(each -> each.type().equals(type))
                .findFirst()
                .orElseThrow();
    }
}
