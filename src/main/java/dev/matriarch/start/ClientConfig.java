package dev.matriarch.start;

import io.fabric8.kubernetes.client.Config;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The cluster that is talked to: as the client finds it, with the context that the command line names. */
@ApplicationScoped
public class ClientConfig {

    @Produces
    @Singleton
    Config config(@ConfigProperty(name = Kubeconfig.CONTEXT_PROPERTY) Optional<String> context) {
        return Config.autoConfigure(context.orElse(null));
    }
}
