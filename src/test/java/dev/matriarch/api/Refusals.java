package dev.matriarch.api;

import dev.matriarch.objects.PostgresqlConf;
import java.util.List;
import java.util.stream.Stream;

/** What the API server must refuse, and what it must say. */
final class Refusals {

    private Refusals() {}

    /** A spec that is refused when the PgCluster is made, with the words that name the field and the remedy. */
    record Spec(String spec, String message) {}

    /** A change of a spec that is refused. */
    record Change(String patch, String message) {}

    private static final String SIZE =
            "spec.storage.size: not a quantity of at least 256Mi, which an empty database and its WAL need; write it like 10Gi";
    static final String HIBERNATED =
            "spec.instances: at least 1; to stop all instances and keep their volumes, set spec.hibernated: true";
    private static final String SYNCHRONOUS =
            "spec.replication.synchronous: Majority, None, or a number of standbys from 1";
    private static final String TOO_MANY =
            "spec.replication.synchronous: a number of standbys must be smaller than spec.instances, because the primary is not one of them";
    private static final String DATABASE =
            "spec.bootstrap.database: postgres, template0 and template1 exist already, choose another name";
    private static final String OWNER =
            "spec.bootstrap.owner: postgres, public, none, matriarch, matriarch_replication and names with pg_ are taken, choose another name";
    private static final String LIMIT = "spec.pod.resources.limits.memory in body should match '^([0-9]+";
    private static final String OPERATORS =
            ": those that begin with postgres.matriarch.dev/ are the operator's; take them out";
    static final String OWNED = "spec.postgresql.parameters: set by the operator itself, take out";
    static final String NO_NAME = "spec.postgresql.parameters: not the name of a parameter";
    static final String TWICE =
            "spec.postgresql.parameters: there in small letters too, which is the same parameter to PostgreSQL; take out";
    static final String NAME =
            "metadata.name: lower-case letters, digits and '-', first a letter, last a letter or digit, at most 40 characters";

    /** Names that a cluster cannot have, though Kubernetes would take them. */
    static final List<String> NAMES = List.of("1orders", "orders.eu", "o".repeat(41));

    /** Specs that cannot be. */
    static Stream<Spec> specs() {
        Stream<Spec> byHand = Stream.of(
                new Spec("{instances: 0}", "spec.instances in body should be greater than or equal to 1"),
                new Spec("{instances: 0}", HIBERNATED),
                new Spec("{instances: 10}", "spec.instances in body should be less than or equal to 9"),
                new Spec("{instances: three}", "spec.instances in body must be of type integer"),
                new Spec("{hibernated: maybe}", "spec.hibernated in body must be of type boolean"),
                new Spec("{paused: 1}", "spec.paused in body must be of type boolean"),
                new Spec(
                        "{postgresql: {version: 13}}",
                        "spec.postgresql.version in body should be greater than or equal to 14"),
                new Spec(
                        "{postgresql: {version: 19}}",
                        "spec.postgresql.version in body should be less than or equal to 18"),
                new Spec("{postgresql: {image: ''}}", "spec.postgresql.image in body should be at least 1 chars long"),
                new Spec(
                        "{postgresql: {parameters: {work_mem: 4}}}",
                        "spec.postgresql.parameters.work_mem in body must be of type string"),
                new Spec("{postgresql: {hba: ['']}}", "spec.postgresql.hba[0] in body should be at least 1 chars long"),
                new Spec(
                        "{postgresql: {hba: [%s]}}".formatted("x,".repeat(65)),
                        "spec.postgresql.hba: Too many: 65: must have at most 64 items"),
                new Spec(
                        "{bootstrap: {database: Orders}}",
                        "spec.bootstrap.database in body should match '^[a-z_][a-z0-9_-]*$'"),
                new Spec(
                        "{bootstrap: {database: %s}}".formatted("d".repeat(64)),
                        "spec.bootstrap.database: Too long: may not be more than 63"),
                new Spec(
                        "{bootstrap: {owner: 'or ders'}}",
                        "spec.bootstrap.owner in body should match '^[a-z_][a-z0-9_-]*$'"),
                new Spec(
                        "{bootstrap: {locale: 'C; rm'}}",
                        "spec.bootstrap.locale in body should match '^[A-Za-z0-9_.@-]+$'"),
                new Spec("{bootstrap: {sql: ['']}}", "spec.bootstrap.sql[0] in body should be at least 1 chars long"),
                new Spec("{bootstrap: {database: postgres}}", DATABASE),
                new Spec("{bootstrap: {database: template1}}", DATABASE),
                new Spec("{bootstrap: {owner: postgres}}", OWNER),
                new Spec("{bootstrap: {owner: public}}", OWNER),
                new Spec("{bootstrap: {owner: none}}", OWNER),
                new Spec("{bootstrap: {owner: matriarch}}", OWNER),
                new Spec("{bootstrap: {owner: matriarch_replication}}", OWNER),
                new Spec("{bootstrap: {owner: pg_monitor}}", OWNER),
                new Spec("{storage: {size: much}}", SIZE),
                new Spec("{storage: {size: 10 GB}}", SIZE),
                new Spec("{storage: {size: '0'}}", SIZE),
                new Spec("{storage: {size: '10'}}", SIZE),
                new Spec("{storage: {size: 100m}}", SIZE),
                new Spec("{storage: {size: 255Mi}}", SIZE),
                new Spec("{storage: {size: -1Gi}}", SIZE),
                new Spec("{storage: {size: 1e999999999}}", SIZE),
                new Spec(
                        "{storage: {accessModes: [ReadOnlyMany]}}",
                        "spec.storage.accessModes[0]: Unsupported value: \"ReadOnlyMany\""),
                new Spec(
                        "{storage: {accessModes: []}}",
                        "spec.storage.accessModes in body should have at least 1 items"),
                new Spec(
                        "{storage: {retention: Keep}}",
                        "spec.storage.retention: Unsupported value: \"Keep\": supported values: \"Delete\", \"Retain\""),
                new Spec(
                        "{storage: {storageClassName: ''}}",
                        "spec.storage.storageClassName in body should be at least 1 chars long"),
                new Spec("{replication: {synchronous: All}}", SYNCHRONOUS),
                new Spec("{replication: {synchronous: 0}}", SYNCHRONOUS),
                new Spec("{replication: {synchronous: -1}}", SYNCHRONOUS),
                new Spec("{replication: {synchronous: 3}}", TOO_MANY),
                new Spec("{instances: 1, replication: {synchronous: 1}}", TOO_MANY),
                new Spec(
                        "{secrets: {superuser: ''}}", "spec.secrets.superuser in body should be at least 1 chars long"),
                new Spec(
                        "{services: {primary: {type: ExternalName}}}",
                        "spec.services.primary.type: Unsupported value: \"ExternalName\""),
                new Spec(
                        "{services: {replicas: {type: Nodeport}}}",
                        "spec.services.replicas.type: Unsupported value: \"Nodeport\""),
                new Spec(
                        "{pod: {terminationGracePeriodSeconds: 40}}",
                        "spec.pod.terminationGracePeriodSeconds: a clean stop may take 40 s; take 41 to 3600, or leave it out for 60"),
                new Spec(
                        "{pod: {terminationGracePeriodSeconds: 3601}}",
                        "spec.pod.terminationGracePeriodSeconds in body should be less than or equal to 3600"),
                new Spec("{pod: {resources: {limits: {memory: ''}}}}", LIMIT),
                new Spec("{pod: {resources: {limits: {memory: 1Gi2Gi}}}}", LIMIT),
                new Spec("{pod: {resources: {limits: {memory: 1 GB}}}}", LIMIT),
                new Spec("{pod: {resources: {limits: {memory: 1e999}}}}", LIMIT),
                new Spec(
                        "{pod: {resources: {requests: {cpu: half}}}}",
                        "spec.pod.resources.requests.cpu in body should match"),
                new Spec("{pod: {labels: {postgres.matriarch.dev/role: primary}}}", "spec.pod.labels" + OPERATORS),
                new Spec(
                        "{pod: {annotations: {postgres.matriarch.dev/assignment: x}}}",
                        "spec.pod.annotations" + OPERATORS),
                new Spec(
                        "{services: {primary: {annotations: {postgres.matriarch.dev/applied: x}}}}",
                        "spec.services.primary.annotations" + OPERATORS),
                new Spec(
                        "{services: {replicas: {annotations: {postgres.matriarch.dev/applied: x}}}}",
                        "spec.services.replicas.annotations" + OPERATORS),
                new Spec("{postgresql: {parameters: {'work mem': 4MB, work_mem: 4MB}}}", NO_NAME + " [\"work mem\"]"),
                new Spec("{postgresql: {parameters: {%s: '1'}}}".formatted("x".repeat(129)), NO_NAME),
                new Spec("{postgresql: {parameters: {matriarch.gate: open}}}", OWNED + " [\"matriarch.gate\"]"),
                new Spec("{postgresql: {parameters: {Matriarch.Epoch: '9'}}}", OWNED + " [\"Matriarch.Epoch\"]"),
                new Spec("{postgresql: {parameters: {PORT: '5433', work_mem: 4MB, fsync: 'off'}}}", OWNED + " ["),
                new Spec("{postgresql: {parameters: {Work_Mem: 4MB, work_mem: 4MB}}}", TWICE + " [\"Work_Mem\"]"),
                new Spec("{failover: {automatic: perhaps}}", "spec.failover.automatic in body must be of type boolean"),
                new Spec(
                        "{failover: {delaySeconds: -1}}",
                        "spec.failover.delaySeconds in body should be greater than or equal to 0"),
                new Spec(
                        "{failover: {delaySeconds: 3601}}",
                        "spec.failover.delaySeconds in body should be less than or equal to 3600"),
                new Spec(
                        "{failover: {selfFenceSeconds: 4}}",
                        "spec.failover.selfFenceSeconds in body should be greater than or equal to 5"),
                new Spec(
                        "{failover: {selfFenceSeconds: 3601}}",
                        "spec.failover.selfFenceSeconds in body should be less than or equal to 3600"));
        Stream<Spec> owned = PostgresqlConf.refused().stream()
                .map(name ->
                        new Spec("{postgresql: {parameters: {" + name + ": '1'}}}", OWNED + " [\"" + name + "\"]"));
        return Stream.concat(byHand, owned);
    }

    /** The spec that the changes are tried on. It is paused, so that the operator makes nothing of it. */
    static final String BEFORE = """
            paused: true
            instances: 3
            replication: {synchronous: 2}
            bootstrap: {database: shop, sql: [create extension pg_trgm]}
            storage: {size: 2Gi, storageClassName: local, accessModes: [ReadWriteOnce], sharedClaimName: share}
            """;

    /** Changes that cannot be. */
    static Stream<Change> changes() {
        String shrink = "spec.storage.size: a volume cannot shrink; leave the size as it was or make it larger";
        String bootstrap = "spec.bootstrap: cannot be changed, it was read once when the cluster was new";
        String move = ": cannot be changed; make a new cluster and move the data";
        return Stream.of(
                new Change("{\"storage\": {\"size\": \"1Gi\"}}", shrink),
                new Change("{\"storage\": {\"size\": \"2000M\"}}", shrink),
                new Change("{\"storage\": {\"size\": null}}", shrink),
                new Change("{\"storage\": {\"storageClassName\": \"shared\"}}", "spec.storage.storageClassName" + move),
                new Change("{\"storage\": {\"storageClassName\": null}}", "spec.storage.storageClassName" + move),
                new Change("{\"storage\": {\"accessModes\": [\"ReadWriteMany\"]}}", "spec.storage.accessModes" + move),
                new Change("{\"storage\": {\"sharedClaimName\": \"other\"}}", "spec.storage.sharedClaimName" + move),
                new Change("{\"storage\": {\"sharedClaimName\": null}}", "spec.storage.sharedClaimName" + move),
                new Change("{\"bootstrap\": {\"database\": \"store\"}}", bootstrap),
                new Change("{\"bootstrap\": {\"sql\": null}}", bootstrap),
                new Change("{\"bootstrap\": null}", bootstrap),
                new Change("{\"instances\": 2}", TOO_MANY));
    }

    /** Changes that look alike and are taken. */
    static Stream<String> harmlessChanges() {
        return Stream.of(
                "{\"storage\": {\"size\": \"3Gi\"}}",
                "{\"storage\": {\"size\": \"2048Mi\"}}",
                "{\"storage\": {\"retention\": \"Delete\"}}",
                "{\"instances\": 9}",
                "{\"pod\": {\"resources\": {\"limits\": {\"cpu\": 2, \"memory\": \"1.5Gi\"}, \"requests\": {\"cpu\": \".5\", \"memory\": \"1.07e+09\"}}}}",
                "{\"replication\": null}",
                "{\"postgresql\": {\"parameters\": {\"work_mem\": \"8MB\"}}}");
    }
}
