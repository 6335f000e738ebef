package dev.matriarch.e2e.support;

import java.util.ArrayList;
import java.util.List;

/** A Pod with the programs of a person who looks around in a cluster: busybox, and psql with the superuser's password. */
public final class Toolbox {

    private static final String YAML = """
            apiVersion: v1
            kind: Pod
            metadata: {name: toolbox}
            spec:
              terminationGracePeriodSeconds: 0
              automountServiceAccountToken: false
              securityContext: {runAsUser: 999, runAsGroup: 999, runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
              containers:
              - name: busybox
                image: "%busybox%"
                command: [sleep, "86400"]
                securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
                volumeMounts: %mounts%
              - name: psql
                image: "%postgres%"
                command: [sleep, "86400"]
                env:
                - name: PGPASSWORD
                  valueFrom: {secretKeyRef: {name: "%cluster%-superuser", key: POSTGRES_PASSWORD}}
                securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
              volumes: %volumes%
            """;

    private final Kubectl kubectl;

    private Toolbox(Kubectl kubectl) {
        this.kubectl = kubectl;
    }

    /** Starts it for a cluster. */
    public static Toolbox start(Cluster cluster) {
        return start(cluster, "[]", "[]");
    }

    /** Starts it with a claim under {@code /share}. */
    public static Toolbox start(Cluster cluster, String claim) {
        return start(
                cluster,
                "[{name: share, mountPath: /share}]",
                "[{name: share, persistentVolumeClaim: {claimName: " + claim + "}}]");
    }

    private static Toolbox start(Cluster cluster, String mounts, String volumes) {
        Kubectl kubectl = cluster.kubectl();
        kubectl.tries("delete", "pod", "toolbox", "--ignore-not-found").orThrow();
        kubectl.apply(YAML.replace("%busybox%", TestCluster.property("image.busybox"))
                        .replace("%postgres%", TestCluster.postgres(17))
                        .replace("%cluster%", cluster.name())
                        .replace("%mounts%", mounts)
                        .replace("%volumes%", volumes))
                .orThrow();
        kubectl.does("wait", "--for=condition=Ready", "pod/toolbox", "--timeout=180s");
        return new Toolbox(kubectl);
    }

    /** A shell command in busybox. */
    public Command.Result busybox(String command) {
        return kubectl.shell("toolbox", "busybox", command);
    }

    /** {@code psql} with these arguments. */
    public Command.Result psql(String... arguments) {
        List<String> words = new ArrayList<>(List.of("exec", "toolbox", "-c", "psql", "--", "psql"));
        words.addAll(List.of(arguments));
        return kubectl.tries(words.toArray(String[]::new));
    }
}
