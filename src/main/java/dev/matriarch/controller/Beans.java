package dev.matriarch.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.quarkiverse.operatorsdk.runtime.QuarkusConfigurationService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/** What the controllers are given. */
@ApplicationScoped
public class Beans {

    /** The operator's clock. */
    @Produces
    @Singleton
    Clock clock() {
        return Clock.systemUTC();
    }

    /**
     * In place of the SDK's own, whose scope has it called through a proxy: that is a subclass, and the constructor that it inherits makes a client of its own, with
     * certificates read and threads begun, which nobody uses and nobody closes. What it does of the SDK's configuration and we don't use is left out: it applies CRDs, and waits
     * at the end.
     */
    @Produces
    @Singleton
    Operator operator(
            QuarkusConfigurationService configuration, Instance<Reconciler<? extends HasMetadata>> reconcilers) {
        Operator operator = new Operator(configuration);
        reconcilers.forEach(operator::register);
        return operator;
    }
}
