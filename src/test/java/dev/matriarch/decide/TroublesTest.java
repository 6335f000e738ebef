package dev.matriarch.decide;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a person is told of instances that do not run. */
class TroublesTest {

    private static final Protocol PROTOCOL = Protocol.founded("orders-0").withDatabase("73", 1);

    @Test
    void aStatusThatIsOlderThanPostgresqlIsTold() {
        World world = World.running(3);
        Protocol old = world.recorded;
        world.crash(0);
        Operator operator = new Operator(world).settle();
        assertThat(operator.plan().waitings()).isEmpty();
        world.recorded = old;
        assertThat(operator.plan().waitings())
                .filteredOn(each -> each.reason() == Waiting.Reason.RecordBehind)
                .singleElement()
                .satisfies(each ->
                        assertThat(each.message()).contains("it says epoch 1", "orders-0 has seen epoch 2", "etcd"));
    }

    @Test
    void whatKubernetesSaysOfAPod() {
        assertThat(waitings(instance("orders-1", "cannot be scheduled", null)))
                .containsExactly(new Waiting(Waiting.Reason.PodTrouble, "orders-1: cannot be scheduled"));
    }

    @Test
    void aPodThatIsNotReadyIsToldAlsoOfPostgresqlThatAnswers() {
        Instance answers = instance("orders-1", "spec.pod.sidecars: no image", null)
                .withDatabase(Optional.of(new Instance.Database(
                        true,
                        "73",
                        "17.6",
                        1,
                        Lsn.ZERO,
                        1,
                        1,
                        "",
                        true,
                        true,
                        Lsn.ZERO,
                        List.of(),
                        List.of(),
                        true,
                        true,
                        Optional.empty(),
                        false,
                        "",
                        List.of())));
        assertThat(waitings(answers)).extracting(Waiting::reason).containsExactly(Waiting.Reason.PodTrouble);
    }

    @Test
    void anEmptyVolumeIsAFaultOfThePrimaryAndAnErrandOfAStandby() {
        assertThat(waitings(instance("orders-0", "", refused("empty"))))
                .extracting(Waiting::reason)
                .containsExactly(Waiting.Reason.VolumeRefused);
        assertThat(waitings(instance("orders-1", "", refused("empty")))).isEmpty();
    }

    @Test
    void aForeignVolumeIsLeftAlone() {
        for (String reason : List.of("foreign", "occupied")) {
            assertThat(waitings(instance("orders-1", "", refused(reason))))
                    .singleElement()
                    .satisfies(each -> {
                        assertThat(each.reason()).isEqualTo(Waiting.Reason.VolumeRefused);
                        assertThat(each.reason().isTrouble()).isTrue();
                        assertThat(each.message()).startsWith("orders-1: ").endsWith("says why");
                    });
        }
    }

    @Test
    void aRefusalThatPassesByItselfIsNoTroubleOthersAre() {
        for (String reason : List.of("stale-epoch", "was-primary", "is-standby")) {
            assertThat(waitings(instance("orders-1", "", refused(reason)))).isEmpty();
        }
        for (String reason : List.of("configuration", "locked", "malformed")) {
            assertThat(waitings(instance("orders-1", "", refused(reason))))
                    .extracting(Waiting::reason)
                    .containsExactly(Waiting.Reason.InstanceFailed);
        }
    }

    @Test
    void oneThatKeepsALaterEpochThanTheStatusSaysSo() {
        assertThat(waitings(instance(
                        "orders-1", "", new Instance.Report("refused", "run", 9, "data", "stale-epoch", "says why"))))
                .singleElement()
                .satisfies(each -> {
                    assertThat(each.reason()).isEqualTo(Waiting.Reason.RecordBehind);
                    assertThat(each.message()).startsWith("orders-1 keeps epoch 9, and the status says epoch 1");
                });
    }

    @Test
    void whatPostgresqlSaysWhenItDoesNotStart() {
        assertThat(waitings(
                        instance("orders-1", "", new Instance.Report("failed", "run", 1, "data", "start", "says why"))))
                .containsExactly(
                        new Waiting(
                                Waiting.Reason.InstanceFailed,
                                "orders-1 does not start: says why. If that comes of spec.postgresql.parameters, correct them; it is tried again by itself."));
        for (Instance.Report report : List.of(
                new Instance.Report("failed", "clone", 1, "data", "basebackup", "says why"),
                new Instance.Report("configuration-refused", "run", 1, "data", "configuration", "says why"))) {
            assertThat(waitings(instance("orders-1", "", report)))
                    .containsExactly(new Waiting(Waiting.Reason.InstanceFailed, "orders-1: says why"));
        }
    }

    @Test
    void aLocaleThatTheImageHasNot() {
        assertThat(waitings(instance(
                        "orders-0",
                        "",
                        new Instance.Report(
                                "failed", "initialise", 1, "empty", "initdb", "invalid locale name \"xx\""))))
                .singleElement()
                .satisfies(each -> assertThat(each.message())
                        .startsWith(
                                "spec.bootstrap.locale: orders-0 cannot initialise the cluster: invalid locale name")
                        .endsWith("Delete the PgCluster and make it again with a locale that the image has."));
    }

    private static Instance.Report refused(String reason) {
        return new Instance.Report("refused", "run", 1, "data", reason, "says why");
    }

    private static Instance instance(String name, String trouble, Instance.Report report) {
        Instance.Pod pod =
                new Instance.Pod("uid", "", "", false, Optional.empty(), Optional.empty(), false, trouble, false);
        return new Instance(
                name,
                Optional.of(pod),
                Optional.empty(),
                Optional.ofNullable(report),
                Instance.Contact.REFUSED,
                Optional.empty());
    }

    private static List<Waiting> waitings(Instance instance) {
        return Troubles.of(
                new Observation(PROTOCOL, List.of(instance), 3, Optional.empty(), Observation.Memory.none()));
    }
}
