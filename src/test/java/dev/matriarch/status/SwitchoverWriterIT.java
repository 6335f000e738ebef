package dev.matriarch.status;

import static dev.matriarch.e2e.support.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.Samples;
import dev.matriarch.api.PgSwitchover;
import dev.matriarch.e2e.support.BesideOthers;
import dev.matriarch.e2e.support.TestNamespace;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is written and deleted is what was looked at, and nothing else. */
@BesideOthers
class SwitchoverWriterIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("switchover-writer");

    private final SwitchoverWriter writer = new SwitchoverWriter(NAMESPACE.client());

    /** One whose time never comes. It changes once, when the operator has looked at it. */
    private static PgSwitchover make(String name) {
        PgSwitchover made = Samples.switchover("notBefore: '9999-01-01T00:00:00Z'");
        made.setMetadata(new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(NAMESPACE.name())
                .build());
        NAMESPACE.client().resource(made).create();
        await(name + " is looked at")
                .until(() -> present(name) != null && present(name).getStatus() != null);
        return present(name);
    }

    private static Resource<PgSwitchover> resource(String name) {
        return NAMESPACE
                .client()
                .resources(PgSwitchover.class)
                .inNamespace(NAMESPACE.name())
                .withName(name);
    }

    private static PgSwitchover present(String name) {
        return resource(name).get();
    }

    @Test
    void whatWasLookedAtIsDeleted() {
        writer.delete(make("old"));
        await("it is gone").until(() -> present("old") == null);
    }

    @Test
    void anotherOneOfItsNameIsNotDeleted() {
        PgSwitchover first = make("again");
        resource("again").delete();
        await("it is gone").until(() -> present("again") == null);
        PgSwitchover second = make("again");
        writer.delete(first);
        assertThat(present("again").getMetadata().getUid())
                .isEqualTo(second.getMetadata().getUid());
        assertThat(present("again").getMetadata().getDeletionTimestamp()).isNull();
    }

    @Test
    void whatIsGoneAlreadyIsNoError() {
        PgSwitchover gone = make("gone");
        resource("gone").delete();
        await("it is gone").until(() -> present("gone") == null);
        writer.delete(gone);
        assertThat(writer.write(gone, Samples.switchover("", "{phase: Failed}").getStatus()))
                .isFalse();
    }

    @Test
    void whatWasWrittenIsKnownBeforeACacheSaysItAndForgottenWhenItIsGone() {
        PgSwitchover cached = make("written");
        assertThat(writer.write(
                        cached,
                        Samples.switchover("", "{phase: Failed, completedAt: '2026-11-21T11:00:00Z'}")
                                .getStatus()))
                .isTrue();
        writer.forgetUnless(each -> true);
        assertThat(writer.newest(cached)).isNotSameAs(cached);
        writer.forgetUnless(each -> false);
        assertThat(writer.newest(cached)).isSameAs(cached);
    }
}
