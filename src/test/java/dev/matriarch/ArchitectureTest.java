package dev.matriarch;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.matriarch.decide.Step;
import dev.matriarch.status.StatusWriter;
import dev.matriarch.status.SwitchoverWriter;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;

/** The layers, and what only one place may do. */
@AnalyzeClasses(packages = "dev.matriarch", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final Set<String> STATUS_WRITES =
            Set.of("updateStatus", "patchStatus", "editStatus", "replaceStatus");
    private static final Set<String> WRITES = Set.of(
            "create", "serverSideApply", "delete", "patch", "update", "replace", "edit", "createOrReplace", "accept");
    private static final Set<String> PAUSES = Set.of("sleep", "park", "parkNanos", "await", "wait");

    @ArchTest
    static final ArchRule LAYERS = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("api")
            .definedBy("dev.matriarch.api..")
            .layer("decide")
            .definedBy("dev.matriarch.decide..")
            .layer("objects")
            .definedBy("dev.matriarch.objects..")
            .layer("postgres")
            .definedBy("dev.matriarch.postgres..")
            .layer("observe")
            .definedBy("dev.matriarch.observe..")
            .layer("status")
            .definedBy("dev.matriarch.status..")
            .layer("apply")
            .definedBy("dev.matriarch.apply..")
            .layer("controller")
            .definedBy("dev.matriarch.controller..")
            .layer("start")
            .definedBy("dev.matriarch.start..")
            .whereLayer("api")
            .mayNotAccessAnyLayer()
            .whereLayer("decide")
            .mayNotAccessAnyLayer()
            .whereLayer("objects")
            .mayOnlyAccessLayers("api", "decide")
            .whereLayer("postgres")
            .mayOnlyAccessLayers("decide")
            .whereLayer("observe")
            .mayOnlyAccessLayers("api", "decide", "objects", "postgres")
            .whereLayer("status")
            .mayOnlyAccessLayers("api", "decide", "objects")
            .whereLayer("apply")
            .mayOnlyBeAccessedByLayers("controller")
            .whereLayer("controller")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("start")
            .mayOnlyAccessLayers("api")
            .whereLayer("start")
            .mayNotBeAccessedByAnyLayer()
            .because(
                    "a round reads as observe, decide, apply, report, and each of them is understood without the others");

    @ArchTest
    static final ArchRule THE_DECISION_KNOWS_NOTHING = classes()
            .that()
            .resideInAPackage("dev.matriarch.decide..")
            .should()
            .onlyDependOnClassesThat(
                    resideInAnyPackage("dev.matriarch.decide..", "java.lang..", "java.util..", "java.time.."))
            .because(
                    "the same code runs in the operator and in a simulation, so it knows no Kubernetes, no JSON and no SQL");

    @ArchTest
    static final ArchRule THE_DECISION_HAS_NO_CLOCK_AND_NO_CHANCE = noClasses()
            .that()
            .resideInAPackage("dev.matriarch.decide..")
            .should()
            .callMethodWhere(named(Set.of("now", "currentTimeMillis", "nanoTime", "randomUUID", "random", "systemUTC")))
            .because("a decision is a function of what it is given; a failing seed must be the whole report");

    @ArchTest
    static final ArchRule BUILDERS_ARE_PURE = noClasses()
            .that()
            .resideInAnyPackage("dev.matriarch.objects..", "dev.matriarch.api..")
            .should()
            .callMethodWhere(targetIn("io.fabric8.kubernetes.client.dsl.."))
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("io.fabric8.kubernetes.client.KubernetesClient")
            .because("a builder says what an object is to be; whether it is written is decided elsewhere");

    @ArchTest
    static final ArchRule POSTGRES_KNOWS_NO_KUBERNETES = noClasses()
            .that()
            .resideInAPackage("dev.matriarch.postgres..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.fabric8..", "io.javaoperatorsdk..")
            .because("what is asked of a server and done on it has nothing to do with where it runs");

    @ArchTest
    static final ArchRule SQL_STANDS_IN_ONE_PLACE = noClasses()
            .that()
            .resideOutsideOfPackage("dev.matriarch.postgres..")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(Connection.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Statement.class)
            .because("every connection has the timeouts of Pools, and every deed its lock");

    @ArchTest
    static final ArchRule ONE_WRITER_OF_THE_STATUS = noClasses()
            .that()
            .areNotAssignableTo(StatusWriter.class)
            .and()
            .areNotAssignableTo(SwitchoverWriter.class)
            .should()
            .callMethodWhere(named(STATUS_WRITES))
            .because(
                    "the status holds the protocol, so each write is the compare-and-set of the one writer of its kind");

    @ArchTest
    static final ArchRule DEEDS_ARE_DONE_IN_ONE_LAYER = noClasses()
            .that(not(resideInAnyPackage("dev.matriarch.apply..", "dev.matriarch.status..")))
            .and()
            // Whether one may do something is asked by making an object that nobody keeps.
            .doNotHaveFullyQualifiedName("dev.matriarch.start.Permission")
            .should()
            .callMethodWhere(named(WRITES).and(targetIn("io.fabric8.kubernetes.client..")))
            .because("whoever looks must be able to trust that looking changes nothing");

    @ArchTest
    static final ArchRule ONLY_THE_DOER_DOES_STEPS = classes()
            .that()
            .areAssignableTo(Step.Visitor.class)
            .and()
            .areNotInterfaces()
            .should()
            .resideInAPackage("dev.matriarch.apply..")
            .because("a plan's steps are done in their order by one class");

    @ArchTest
    static final ArchRule STEPS_ARE_DATA = classes()
            .that()
            .implement(Step.class)
            .should()
            .beRecords()
            .because("a plan can be printed, compared, tested and simulated");

    @ArchTest
    static final ArchRule NOBODY_SLEEPS = noClasses()
            .should()
            .callMethodWhere(named(PAUSES).and(targetIn("java.lang..").or(targetIn("java.util.concurrent.."))))
            .because("a thread that waits is a cluster that is not looked after: reschedule instead");

    @ArchTest
    static final ArchRule NO_STATIC_STATE = fields().that()
            .areStatic()
            .should()
            .beFinal()
            .andShould()
            .notHaveRawType(DescribedPredicate.describe(
                    "that changes",
                    type -> type.isAssignableTo(ConcurrentMap.class)
                            || type.getPackageName().equals("java.util.concurrent.atomic")
                            || type.isAssignableTo(ThreadLocal.class)))
            .because("state belongs to a bean that can be forgotten, and tests must not see each other");

    private static DescribedPredicate<JavaMethodCall> named(Set<String> names) {
        return DescribedPredicate.describe("one of " + names, call -> names.contains(call.getName()));
    }

    private static DescribedPredicate<JavaMethodCall> targetIn(String aPackage) {
        DescribedPredicate<com.tngtech.archunit.core.domain.JavaClass> inside = resideInAPackage(aPackage);
        return DescribedPredicate.describe("of " + aPackage, call -> inside.test(call.getTargetOwner()));
    }
}
