package dev.matriarch.install;

import static dev.matriarch.install.OperatorManifest.isOf;
import static dev.matriarch.install.OperatorManifest.join;
import static dev.matriarch.install.OperatorManifest.kindOf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What is installed: made from the CRDs, from {@code roles.yml} and from {@link OperatorManifest}, and from nothing else. */
final class InstallFiles {

    static final Path CRDS = Path.of("src/main/kubernetes");
    static final Path ROLES = Path.of("src/main/kubernetes/roles.yml");
    static final Path INSTALL = Path.of("install/install.yaml");
    static final Path NAMESPACED = Path.of("install/install-namespaced.yaml");
    static final Path ONLY_CRDS = Path.of("install/crds.yaml");
    static final Path LAPTOP = Path.of("install/laptop.yaml");

    private static final String MADE_BY = "# Generated from src/main/kubernetes. Make it anew with: scripts/generate\n";

    private static final String OWN_NAMESPACE = """
                    - name: MATRIARCH_NAMESPACES
                      valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
            """;

    private InstallFiles() {}

    /** All of them by their paths. */
    static Map<Path, String> generate() throws IOException {
        OperatorManifest operator = OperatorManifest.committed();
        String clusterRole = operator.document("ClusterRole");
        Map<Path, String> files = new TreeMap<>();
        files.put(ONLY_CRDS, MADE_BY + join(concat(crds(), roles())));
        files.put(
                INSTALL,
                MADE_BY
                        + "# The CRDs and an operator for all namespaces: kubectl apply --server-side -f install.yaml\n"
                        + join(concat(concat(crds(), roles()), operator.documents())));
        files.put(NAMESPACED, namespaced(operator));
        files.put(LAPTOP, laptop(clusterRole));
        files.put(Path.of("charts/matriarch/files/rules.yaml"), MADE_BY + OperatorManifest.rules(clusterRole, false));
        files.put(
                Path.of("charts/matriarch/files/cluster-rules.yaml"),
                MADE_BY + OperatorManifest.rules(clusterRole, true));
        files.put(
                Path.of("charts/matriarch/files/lease-rules.yaml"),
                MADE_BY + String.join("", OperatorManifest.rules(operator.document("Role"))));
        files.put(Path.of("charts/matriarch/files/roles.yaml"), MADE_BY + join(roles()));
        for (Path crd : crdFiles()) {
            files.put(Path.of("charts/matriarch/files/crds").resolve(crd.getFileName()), Files.readString(crd));
        }
        files.put(Needs.FIELDS, Needs.fields(crds()));
        files.put(Needs.PERMISSIONS, Needs.permissions(clusterRole));
        return files;
    }

    static List<Path> crdFiles() throws IOException {
        try (Stream<Path> files = Files.list(CRDS)) {
            return files.filter(file -> file.getFileName().toString().endsWith("-v1.yml"))
                    .sorted()
                    .toList();
        }
    }

    private static List<String> crds() throws IOException {
        List<String> crds = new ArrayList<>();
        for (Path file : crdFiles()) {
            crds.add(Files.readString(file).replaceFirst("\\A(#.*\n)+", ""));
        }
        return crds;
    }

    /** What people may do with PgClusters; with the reason, without where it is kept. */
    static List<String> roles() throws IOException {
        return List.of(Files.readString(ROLES).replaceFirst("\\A#.*\n", "").split("(?m)^---\n"));
    }

    /** The operator's own permissions, a look at the Leases, and the way to Pods to which there is no route. */
    private static String laptop(String clusterRole) {
        return MADE_BY + """
                # What the user of an operator outside of the cluster may do. An administrator applies it, and gives it for all namespaces, or for one:
                #   kubectl create clusterrolebinding matriarch-laptop --clusterrole=matriarch-laptop --user=NAME
                #   kubectl -n orders create rolebinding matriarch-laptop --clusterrole=matriarch-laptop --user=NAME
                """ + clusterRole.replaceFirst("name: matriarch\n", "name: matriarch-laptop\n") + """
                # Whether an operator in the cluster holds its Lease: two would do everything twice.
                - apiGroups: [coordination.k8s.io]
                  resources: [leases]
                  verbs: [get, list]
                # PostgreSQL's port, where this machine has no route to the Pods.
                - apiGroups: [""]
                  resources: [pods/portforward]
                  verbs: [get, create]
                """;
    }

    /** Roles instead of ClusterRoles, nothing that is outside of the namespace. */
    private static String namespaced(OperatorManifest operator) {
        List<String> documents = new ArrayList<>();
        for (String document : operator.documents().stream()
                .filter(isOf("Namespace", "PriorityClass", "ClusterRole", "ClusterRoleBinding")
                        .negate())
                .toList()) {
            documents.add(
                    switch (kindOf(document)) {
                        case "Role" -> document + OperatorManifest.rules(operator.document("ClusterRole"), false);
                        case "Deployment" ->
                            document.replaceFirst(" *priorityClassName: .*\n", "")
                                    .replaceFirst("(?m)^( *)ports:\n", OWN_NAMESPACE + "$1ports:\n");
                        default -> document;
                    });
        }
        return MADE_BY + """
                # An operator for one namespace, its own, by somebody who has all rights there and none elsewhere. The CRDs are in crds.yaml: an administrator
                # applies them once for all, and again before a newer operator. This one works for the namespace matriarch, which must exist; for another:
                #   sed 's/namespace: matriarch/namespace: orders/' install-namespaced.yaml | kubectl apply --server-side -f -
                # It lacks what is outside of a namespace: it does not see whether a node is about to be drained, does not tell that a storage class is missing, and has no priority class.
                """ + join(documents);
    }

    private static List<String> concat(List<String> first, List<String> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }
}
