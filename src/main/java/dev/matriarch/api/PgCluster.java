package dev.matriarch.api;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** A PostgreSQL cluster: one primary and its standbys. {@code spec: {}} is a complete one. */
@Group(PgCluster.GROUP)
@Version("v1")
@Plural("pgclusters")
@ShortNames("pgc")
@Categories("all")
@ValidationRule(
        value = "self.metadata.name.matches('^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$')",
        message =
                "metadata.name: lower-case letters, digits and '-', first a letter, last a letter or digit, at most 40 characters")
@AdditionalPrinterColumn(
        name = "VERSION",
        jsonPath = ".status.postgresVersion",
        type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(name = "INSTANCES", jsonPath = ".spec.instances", type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
        name = "READY",
        jsonPath = ".status.readyInstances",
        type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(name = "PRIMARY", jsonPath = ".status.primary", type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(name = "PHASE", jsonPath = ".status.phase", type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
        name = "AGE",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(
        name = "EPOCH",
        jsonPath = ".status.epoch",
        type = AdditionalPrinterColumn.Type.INTEGER,
        priority = 1)
@AdditionalPrinterColumn(
        name = "TIMELINE",
        jsonPath = ".status.timeline",
        type = AdditionalPrinterColumn.Type.INTEGER,
        priority = 1)
@AdditionalPrinterColumn(
        name = "SYNC",
        jsonPath = ".spec.replication.synchronous",
        type = AdditionalPrinterColumn.Type.STRING,
        priority = 1)
@RegisterForReflection
public class PgCluster extends CustomResource<PgClusterSpec, PgClusterStatus> implements Namespaced {

    /** The API group of all resources, and the prefix of all labels and annotations. */
    public static final String GROUP = "postgres.matriarch.dev";

    private static final long serialVersionUID = 1;

    @Override
    protected PgClusterSpec initSpec() {
        return new PgClusterSpec(null, null, null, null, null, null, null, null, null, null, null);
    }
}
