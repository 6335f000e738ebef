package dev.matriarch.apply;

import dev.matriarch.objects.AppSecret;
import dev.matriarch.objects.Blueprint;
import dev.matriarch.objects.Encoding;
import dev.matriarch.objects.ObjectNames;
import dev.matriarch.objects.PasswordSecrets;
import dev.matriarch.observe.OwnObjects;
import dev.matriarch.postgres.Look;
import dev.matriarch.postgres.Roles;
import dev.matriarch.postgres.Server;
import dev.matriarch.status.EventReason;
import dev.matriarch.status.Events;
import dev.matriarch.status.Problem;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.enterprise.context.ApplicationScoped;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Passwords: made once, kept in Secrets, and given to PostgreSQL when a Secret says another one.
 *
 * <p>What a Secret holds is never overwritten. One that was deleted is made again with what this operator last read in it, else with a new password,
 * which PostgreSQL is then given. One without its key is a problem, and the password stays what it was; but in the one of the operator's own roles a key that was lost is put back, if
 * it is known.
 */
@ApplicationScoped
public class PasswordKeeper {

    private static final int RANDOM_BYTES = 24;

    /** Where the password of {@code postgres} is looked for, in this order. */
    private static final List<String> SUPERUSER_KEYS = List.of("POSTGRES_PASSWORD", "password");

    private static final List<String> OWN_ROLES = List.of("matriarch", "matriarch_replication");

    private static final boolean OURS = true;
    private static final boolean OF_THE_USER = false;

    private final KubernetesClient client;
    private final Applier applier;
    private final Roles roles;
    private final Look look;
    private final Events events;
    private final SecureRandom random = new SecureRandom();

    /** Passwords that were last read, by cluster: not written anywhere, and gone with the process. */
    private final Map<ResourceID, Map<String, String>> known = new ConcurrentHashMap<>();

    /** What each primary's PostgreSQL was last seen to have. */
    private final Map<ResourceID, Map<String, String>> inForce = new ConcurrentHashMap<>();

    PasswordKeeper(KubernetesClient client, Applier applier, Roles roles, Look look, Events events) {
        this.client = client;
        this.applier = applier;
        this.roles = roles;
        this.look = look;
        this.events = events;
    }

    /**
     * Sees to it that the Secrets exist, and remembers what they say.
     *
     * @return whether the cache had them all as wanted
     */
    public boolean keepSecrets(OwnObjects objects, Blueprint blueprint, List<Problem> problems) {
        ResourceID id = ResourceID.fromResource(objects.cluster());
        Map<String, String> passwords = known.computeIfAbsent(id, key -> new ConcurrentHashMap<>());
        return internal(objects, blueprint, passwords, problems)
                & superuser(objects, blueprint, passwords, problems)
                & app(objects, blueprint, passwords, problems);
    }

    /** Passwords of the roles that users know, by role. */
    public Map<String, String> ofUsers(Blueprint blueprint) {
        Map<String, String> passwords = known.getOrDefault(ResourceID.fromResource(blueprint.cluster()), Map.of());
        Map<String, String> byRole = new TreeMap<>();
        Optional.ofNullable(passwords.get("postgres")).ifPresent(password -> byRole.put("postgres", password));
        Optional.ofNullable(passwords.get("app"))
                .ifPresent(password -> byRole.put(blueprint.spec().bootstrap().owner(), password));
        return byRole;
    }

    /** Gives PostgreSQL the passwords that the Secrets say, if it was not seen to have them. */
    public void enforce(Blueprint blueprint, Server primary) {
        ResourceID id = ResourceID.fromResource(blueprint.cluster());
        Map<String, String> wanted = new TreeMap<>(ofUsers(blueprint));
        Map<String, String> internal = known.getOrDefault(id, Map.of());
        Optional.ofNullable(internal.get("matriarch_replication"))
                .ifPresent(password -> wanted.put("matriarch_replication", password));
        Map<String, String> checked = new TreeMap<>(wanted);
        checked.put("", primary.id());
        if (checked.equals(inForce.get(id))) {
            return;
        }
        try {
            List<String> changed = roles.setPasswords(primary, wanted);
            inForce.put(id, checked);
            if (!changed.isEmpty()) {
                events.tell(
                        blueprint.cluster(),
                        EventReason.PasswordChanged,
                        "Password changed as its Secret was: " + String.join(", ", changed) + ".");
            }
        } catch (SQLException e) {
            inForce.remove(id); // asked again in the next round
        }
    }

    /**
     * Makes good for a Secret of the operator's own roles that was lost while nobody remembered it: with the password of {@code postgres} the server
     * is given what the new Secret says. Where that password is not admitted either, a problem says so.
     */
    public void repair(Blueprint blueprint, Server primary, List<Problem> problems) {
        Map<String, String> passwords = known.getOrDefault(ResourceID.fromResource(blueprint.cluster()), Map.of());
        String superuser = passwords.get("postgres");
        if (!look.isRefusedBy(primary) || superuser == null) {
            return;
        }
        Map<String, String> own = new TreeMap<>(passwords);
        own.keySet().retainAll(OWN_ROLES);
        try {
            List<String> changed = roles.setPasswordsAsSuperuser(
                    new Server(primary.id(), primary.host(), primary.port(), superuser), own);
            if (!changed.isEmpty()) {
                events.tell(
                        blueprint.cluster(),
                        EventReason.PasswordChanged,
                        "Secret " + ObjectNames.internal(blueprint.name())
                                + " was made anew or changed, and PostgreSQL was given its passwords: "
                                + String.join(", ", changed) + ".");
            }
        } catch (SQLException e) {
            problems.add(new Problem(
                    "Secret " + ObjectNames.internal(blueprint.name()),
                    "PostgreSQL does not take the password under matriarch, nor that of postgres. Put the right one back, or set it with: "
                            + "kubectl exec " + blueprint.cluster().getStatus().primary()
                            + " -c postgres -- psql -c '\\password matriarch'"));
        }
    }

    /** Forgets a cluster that is gone. */
    public void forget(ResourceID cluster) {
        known.remove(cluster);
        inForce.remove(cluster);
    }

    private boolean internal(
            OwnObjects objects, Blueprint blueprint, Map<String, String> passwords, List<Problem> problems) {
        String name = ObjectNames.internal(blueprint.name());
        Optional<Secret> present = find(objects, name);
        if (present.isEmpty()
                || (Applier.isOurs(present.get(), objects.cluster()) && canPutBack(present.get(), passwords))) {
            return applier.apply(
                    objects,
                    Secret.class,
                    PasswordSecrets.internal(
                            blueprint,
                            passwords.computeIfAbsent("matriarch", key -> generate()),
                            passwords.computeIfAbsent("matriarch_replication", key -> generate())),
                    problems);
        }
        if (isForeign(objects, present.get(), problems)) {
            return false;
        }
        for (String role : OWN_ROLES) {
            read(present.get(), List.of(role), OURS, problems).ifPresent(password -> passwords.put(role, password));
        }
        return objects.secret(name).isPresent();
    }

    /** Whether a password is lost in the Secret and known, and all else in it is as it is known. */
    static boolean canPutBack(Secret secret, Map<String, String> known) {
        boolean lost = false;
        for (String role : OWN_ROLES) {
            String said = Encoding.text(secret.getData(), role);
            if (!known.containsKey(role) || !(said.isEmpty() || said.equals(known.get(role)))) {
                return false;
            }
            lost |= said.isEmpty();
        }
        return lost;
    }

    private boolean superuser(
            OwnObjects objects, Blueprint blueprint, Map<String, String> passwords, List<Problem> problems) {
        String own = blueprint.spec().secrets().superuser();
        if (own != null) {
            Secret secret = client.secrets()
                    .inNamespace(blueprint.namespace())
                    .withName(own)
                    .get();
            if (secret == null) {
                problems.add(new Problem(
                        "spec.secrets.superuser",
                        "Secret " + own
                                + " does not exist; make it, with the password under POSTGRES_PASSWORD or password."));
                return false;
            }
            read(secret, SUPERUSER_KEYS, OF_THE_USER, problems)
                    .ifPresent(password -> passwords.put("postgres", password));
            return false; // it is in no cache, so it is read every time
        }
        Optional<Secret> present = find(objects, ObjectNames.superuser(blueprint.name()));
        if (present.isEmpty()) {
            String password = passwords.computeIfAbsent("postgres", key -> generate());
            return applier.apply(objects, Secret.class, PasswordSecrets.superuser(blueprint, password), problems);
        }
        if (isForeign(objects, present.get(), problems)) {
            return false;
        }
        read(present.get(), SUPERUSER_KEYS, OURS, problems).ifPresent(password -> passwords.put("postgres", password));
        return objects.secret(ObjectNames.superuser(blueprint.name())).isPresent();
    }

    private boolean app(
            OwnObjects objects, Blueprint blueprint, Map<String, String> passwords, List<Problem> problems) {
        Optional<Secret> present = find(objects, ObjectNames.app(blueprint.name()));
        if (present.isPresent() && isForeign(objects, present.get(), problems)) {
            return false;
        }
        Optional<String> password = present.isEmpty()
                ? Optional.of(passwords.computeIfAbsent("app", key -> generate()))
                : read(present.get(), List.of("password"), OURS, problems);
        if (password.isEmpty()) {
            return false;
        }
        passwords.put("app", password.get());
        return applier.apply(objects, Secret.class, AppSecret.build(blueprint, password.get()), problems);
    }

    /** Whether a Secret is somebody else's: its passwords are none of ours. */
    static boolean isForeign(OwnObjects objects, Secret secret, List<Problem> problems) {
        if (Applier.isOurs(secret, objects.cluster())) {
            return false;
        }
        problems.add(Applier.foreign(secret));
        return true;
    }

    /** A Secret as the cache has it, or, when it has none, the API: one that exists must not be made a second time. */
    private Optional<Secret> find(OwnObjects objects, String name) {
        return objects.secret(name)
                .or(() -> Optional.ofNullable(client.secrets()
                        .inNamespace(objects.namespace())
                        .withName(name)
                        .get()));
    }

    /**
     * The password that a Secret holds: that under the first of the keys that has one. Under the others, if at all, there must be the same, or who
     * changes only one of them would wait in vain. One with a line break, as {@code --from-file} brings it along, is none: who reads the Secret from an environment variable would
     * send the break, who reads it from a file or types it would not, and the supervisor takes the first line only.
     *
     * @param ours whether the Secret is made again when it is deleted
     */
    static Optional<String> read(Secret secret, List<String> keys, boolean ours, List<Problem> problems) {
        String name = "Secret " + secret.getMetadata().getName();
        Map<String, String> found = new LinkedHashMap<>();
        boolean broken = false;
        for (String key : keys) {
            String password = Encoding.text(secret.getData(), key);
            if (Encoding.hasLineBreak(password)) {
                broken = true;
                problems.add(
                        new Problem(
                                name,
                                "has a line break under " + key
                                        + ", so that is not taken: it would be a part of the password. Put it there without, for example from a file that printf '%s' has written."));
            } else if (!password.isEmpty()) {
                found.put(key, password);
            }
        }
        if (found.isEmpty() && broken) {
            return Optional.empty();
        }
        if (found.isEmpty()) {
            problems.add(new Problem(
                    name,
                    "has nothing under " + String.join(" or ", keys)
                            + "; the password stays what it was. Put one there"
                            + (ours ? ", or delete the Secret to have it made again." : ".")));
            return Optional.empty();
        }
        if (Set.copyOf(found.values()).size() > 1) {
            problems.add(new Problem(
                    name,
                    "has different passwords under " + String.join(" and ", found.keySet()) + "; that under "
                            + found.keySet().iterator().next()
                            + " is in force. Put the same under each, or take the others out."));
        }
        return Optional.of(found.values().iterator().next());
    }

    private String generate() {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
