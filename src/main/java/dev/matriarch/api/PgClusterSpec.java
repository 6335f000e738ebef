package dev.matriarch.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.model.annotation.SpecReplicas;
import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * What a cluster is to be. Every absent field has a default: the API server fills it in from the CRD, and the constructors do the same for an
 * object that was stored before the field existed.
 */
@ValidationRule(
        value = "!has(self.instances) || !has(self.replication) || !has(self.replication.synchronous)"
                + " || type(self.replication.synchronous) != int || self.replication.synchronous < self.instances",
        message =
                "spec.replication.synchronous: a number of standbys must be smaller than spec.instances, because the primary is not one of them")
@ValidationRule(
        value = "!has(self.instances) || self.instances > 0",
        message = "spec.instances: at least 1; to stop all instances and keep their volumes, set spec.hibernated: true")
@ValidationRule(
        value = "!has(self.bootstrap) || !has(oldSelf.bootstrap) || self.bootstrap == oldSelf.bootstrap",
        message = "spec.bootstrap: cannot be changed, it was read once when the cluster was new")
@RegisterForReflection
public record PgClusterSpec(
        @JsonPropertyDescription(
                "Number of instances: one primary and its standbys. 2n+1 of them survive the loss of n.")
        @Default("3")
        @Min(1)
        @Max(9)
        @SpecReplicas
        Integer instances,

        @JsonPropertyDescription("Stops all instances and keeps their volumes.") @Default("false")
        Boolean hibernated,

        @JsonPropertyDescription("The operator changes nothing while this is true, and says so.") @Default("false")
        Boolean paused,

        @JsonPropertyDescription("The PostgreSQL that every instance runs.")
        Postgresql postgresql,

        @JsonPropertyDescription("What a new cluster begins with. Read once.")
        Bootstrap bootstrap,

        @JsonPropertyDescription("The volumes.") Storage storage,

        @JsonPropertyDescription("How standbys confirm commits.")
        Replication replication,

        @JsonPropertyDescription("When a primary that is lost is replaced.")
        Failover failover,

        @JsonPropertyDescription("Secrets of your own to be used.")
        Secrets secrets,

        @JsonPropertyDescription("Kind and annotations of the Services.")
        Services services,

        @JsonPropertyDescription("What the Pods of the instances have besides PostgreSQL.")
        PodOptions pod) {

    public PgClusterSpec {
        instances = instances == null ? 3 : instances;
        hibernated = hibernated != null && hibernated;
        paused = paused != null && paused;
        postgresql = postgresql == null ? new Postgresql(null, null, null, null) : postgresql;
        bootstrap = bootstrap == null ? new Bootstrap(null, null, null, null, null) : bootstrap;
        storage = storage == null ? new Storage(null, null, null, null, null) : storage;
        replication = replication == null ? new Replication(null) : replication;
        failover = failover == null ? new Failover(null, null, null) : failover;
        secrets = secrets == null ? new Secrets(null) : secrets;
        services = services == null ? new Services(null, null) : services;
        pod = pod == null ? PodOptions.none() : pod;
    }

    /** The same spec with another number of instances. */
    public PgClusterSpec withInstances(int number) {
        return new PgClusterSpec(
                number,
                hibernated,
                paused,
                postgresql,
                bootstrap,
                storage,
                replication,
                failover,
                secrets,
                services,
                pod);
    }

    /** The same spec with another bootstrap. */
    public PgClusterSpec withBootstrap(Bootstrap other) {
        return new PgClusterSpec(
                instances,
                hibernated,
                paused,
                postgresql,
                other,
                storage,
                replication,
                failover,
                secrets,
                services,
                pod);
    }
}
