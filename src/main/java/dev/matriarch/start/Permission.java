package dev.matriarch.start;

import dev.matriarch.api.PgCluster;
import io.fabric8.kubernetes.api.model.authorization.v1.ResourceAttributes;
import io.fabric8.kubernetes.api.model.authorization.v1.ResourceAttributesBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/**
 * Something that the operator must be allowed to do.
 *
 * @param namespaced whether it is about objects in namespaces
 * @param group the API group, empty for the one without a name
 * @param resource with its subresource after a slash, if it is about one
 */
record Permission(boolean namespaced, String group, String resource, String verb) {

    static final String FILE = "permissions.txt";

    private static final int NAMED = 3;

    /** A line of scope, group, resource and verb. */
    static Permission parse(String line) {
        String[] words = line.split(" ");
        return new Permission(
                words[0].equals("namespace"), words[1].equals("core") ? "" : words[1], words[2], words[3]);
    }

    /**
     * Asks the API server for each of them.
     *
     * @param namespaces where; everywhere if there is none. In single namespaces one does without those about objects outside of any
     * @throws Refusal if one is missing
     */
    static void check(KubernetesClient client, List<Permission> permissions, List<String> namespaces) {
        List<String> missing = missing(client, permissions, namespaces);

        if (!missing.isEmpty()) {
            throw new Refusal(
                    "this user may not "
                            + String.join(", may not ", missing.subList(0, Math.min(NAMED, missing.size())))
                            + (missing.size() > NAMED
                                    ? ", and lacks " + (missing.size() - NAMED) + " more permissions"
                                    : ""),
                    "What it needs, and why, is in install/laptop.yaml; an administrator applies that, and: "
                            + (namespaces.isEmpty()
                                    ? "kubectl create clusterrolebinding matriarch-laptop --clusterrole=matriarch-laptop --user=NAME"
                                    : "kubectl -n " + namespaces.get(0)
                                            + " create rolebinding matriarch-laptop --clusterrole=matriarch-laptop --user=NAME"),
                    true);
        }
    }

    /** Which of them are missing, in words, in order. */
    static List<String> missing(KubernetesClient client, List<Permission> permissions, List<String> namespaces) {
        List<String> places = namespaces.isEmpty() ? Collections.singletonList(null) : namespaces;
        return places.stream()
                .flatMap(namespace -> permissions.stream()
                        .filter(each -> each.namespaced() || namespace == null)
                        .flatMap(each -> Stream.of(each.in(namespace))))
                .toList()
                .parallelStream()
                .filter(each -> !isAllowed(client, each))
                .map(Permission::told)
                .sorted()
                .toList();
    }

    /**
     * Asks whether an operator in a Pod has its Role in each of the namespaces that it is to work for, by what it needs first there. Without that it
     * would end with the traces of what it cannot watch.
     *
     * @throws Refusal if it has not
     */
    static void checkRoles(KubernetesClient client, List<String> namespaces) {
        Permission watch = new Permission(true, PgCluster.GROUP, "pgclusters", "watch");
        for (String namespace : namespaces) {
            ResourceAttributes wish = watch.in(namespace);
            if (!isAllowed(client, wish)) {
                throw new Refusal(
                        "this operator may not " + told(wish),
                        "Is it there? Correct the list of namespaces, or give the operator's ServiceAccount its Role there: see install-namespaced.yaml, or namespaces of the chart.",
                        true);
            }
        }
    }

    private ResourceAttributes in(String namespace) {
        String[] parts = resource.split("/");
        return new ResourceAttributesBuilder()
                .withNamespace(namespace)
                .withGroup(group)
                .withResource(parts[0])
                .withSubresource(parts.length > 1 ? parts[1] : null)
                .withVerb(verb)
                .build();
    }

    private static boolean isAllowed(KubernetesClient client, ResourceAttributes wish) {
        return Boolean.TRUE.equals(client.authorization()
                .v1()
                .selfSubjectAccessReview()
                .create(new SelfSubjectAccessReviewBuilder()
                        .withNewSpec()
                        .withResourceAttributes(wish)
                        .endSpec()
                        .build())
                .getStatus()
                .getAllowed());
    }

    private static String told(ResourceAttributes wish) {
        return wish.getVerb() + " " + wish.getResource()
                + (wish.getSubresource() == null ? "" : "/" + wish.getSubresource())
                + (wish.getGroup().isEmpty() ? "" : "." + wish.getGroup())
                + (wish.getNamespace() == null ? "" : " in the namespace " + wish.getNamespace());
    }
}
