package dev.matriarch.api;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** A planned change of a cluster's primary: asked for once, done once, and kept as its own report. */
@Group(PgCluster.GROUP)
@Version("v1")
@Plural("pgswitchovers")
@ShortNames("pgsw")
@Categories("all")
@AdditionalPrinterColumn(name = "CLUSTER", jsonPath = ".spec.cluster", type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(name = "FROM", jsonPath = ".status.from", type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(name = "TO", jsonPath = ".status.to", type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(name = "PHASE", jsonPath = ".status.phase", type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
        name = "OUTAGE",
        jsonPath = ".status.writeOutageMilliseconds",
        type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
        name = "REASON",
        jsonPath = ".status.conditions[?(@.type==\"Complete\")].reason",
        priority = 1,
        type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
        name = "AGE",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
@RegisterForReflection
public class PgSwitchover extends CustomResource<PgSwitchoverSpec, PgSwitchoverStatus> implements Namespaced {

    private static final long serialVersionUID = 1;
}
