package dev.matriarch.packaging;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.fabric8.kubernetes.client.impl.BaseClient;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.lang.reflect.AnnotatedElement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which of the client's model classes JSON is made from or read into: those that our code, the Operator SDK and the parts of the client that work for
 * every kind name, the lists of them, and all that Jackson finds in their properties. The rest of some 2,000 stays out of the native binary.
 *
 * <p>A class that is missing in the binary is no error there: an empty object is written, or read. Options of a request, for instance, become no
 * parameters at all.
 */
final class KubernetesModels {

    private static final String MODELS = "io.fabric8.kubernetes.";
    /** Where the client sends requests, reads answers and watches. Its other packages name every kind there is. */
    private static final Set<String> PARTS_OF_THE_CLIENT =
            Set.of("io.fabric8.kubernetes.client.dsl.internal", "io.fabric8.kubernetes.client.informers");

    private final ObjectMapper mapper = new ObjectMapper();
    private final Set<Class<?>> found = new HashSet<>();
    private final Deque<Class<?>> open = new ArrayDeque<>();

    private KubernetesModels() {}

    /** The names of the classes, as {@code Class.forName} takes them, sorted. */
    static Set<String> needed() {
        KubernetesModels models = new KubernetesModels();
        code().flatMap(KubernetesModels::namedBy)
                .map(JavaClass::getBaseComponentType)
                .filter(type -> type.getPackageName().startsWith(MODELS + "api.model"))
                .map(JavaClass::getName)
                .distinct()
                .map(KubernetesModels::load)
                .forEach(models::addWithItsList);
        while (!models.open.isEmpty()) {
            models.follow(models.open.pop());
        }
        return models.found.stream().map(Class::getName).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Stream<JavaClass> code() {
        ClassFileImporter importer = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests());
        JavaClasses client = importer.importPackages(PARTS_OF_THE_CLIENT);
        return Stream.of(
                        importer.importPackages("dev.matriarch", "io.javaoperatorsdk.operator").stream(),
                        // only these packages, not what lies in them: the operations of single kinds
                        client.stream().filter(type -> PARTS_OF_THE_CLIENT.contains(type.getPackageName())),
                        importer.importClasses(BaseClient.class, KubernetesSerialization.class).stream())
                .flatMap(types -> types);
    }

    /** What a class refers to, and what the client's methods that it calls return: {@code client.namespaces()} names a Namespace in its generics only. */
    private static Stream<JavaClass> namedBy(JavaClass type) {
        return Stream.concat(
                type.getDirectDependenciesFromSelf().stream().map(Dependency::getTargetClass),
                type.getMethodCallsFromSelf().stream()
                        .filter(call -> call.getTargetOwner().getPackageName().startsWith(MODELS + "client"))
                        .flatMap(call -> call.getTarget().resolveMember().stream())
                        .flatMap(method -> method.getReturnType().getAllInvolvedRawTypes().stream()));
    }

    private void addWithItsList(Class<?> type) {
        add(type);
        try {
            add(load(type.getName() + "List"));
        } catch (IllegalArgumentException e) {
            // it has none
        }
    }

    private void add(Class<?> type) {
        boolean isModel = type.getName().startsWith(MODELS)
                && !type.getName().startsWith(MODELS + "client.")
                && !type.getName().startsWith(MODELS + "api.builder.")
                && !type.getName().contains("Builder")
                && !type.getName().contains("Fluent")
                && !type.isAnnotation();
        if (isModel && found.add(type)) {
            open.push(type);
        }
    }

    private void follow(Class<?> type) {
        Stream.concat(Stream.ofNullable(type.getSuperclass()), Arrays.stream(type.getInterfaces()))
                .forEach(this::add);
        ownConversions(type).forEach(this::add);
        Stream.of(type.getDeclaredFields(), type.getDeclaredMethods())
                .flatMap(Arrays::stream)
                .flatMap(member -> ownConversions((AnnotatedElement) member).stream())
                .forEach(this::add);
        if (type.isInterface() || type.isEnum()) {
            return;
        }
        JavaType java = mapper.constructType(type);
        BeanDescription written = mapper.getSerializationConfig().introspect(java);
        BeanDescription read = mapper.getDeserializationConfig().introspect(java);
        Stream.of(written, read)
                .flatMap(description -> description.findProperties().stream())
                .map(BeanPropertyDefinition::getPrimaryType)
                .forEach(this::addAllIn);
    }

    private void addAllIn(JavaType type) {
        add(type.getRawClass());
        for (int i = 0; i < type.containedTypeCount(); i++) {
            addAllIn(type.containedType(i));
        }
        if (type.isArrayType()) {
            addAllIn(type.getContentType());
        }
    }

    /** The classes that an annotation of Jackson names: a field's or a class's own way from and to JSON. */
    private static List<Class<?>> ownConversions(AnnotatedElement element) {
        List<Class<?>> named = new ArrayList<>();
        JsonDeserialize reads = element.getDeclaredAnnotation(JsonDeserialize.class);
        if (reads != null) {
            named.addAll(
                    List.of(reads.using(), reads.as(), reads.contentAs(), reads.contentUsing(), reads.converter()));
        }
        JsonSerialize writes = element.getDeclaredAnnotation(JsonSerialize.class);
        if (writes != null) {
            named.addAll(List.of(
                    writes.using(), writes.as(), writes.contentAs(), writes.contentUsing(), writes.converter()));
        }
        return named;
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, KubernetesModels.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalArgumentException("there is no class " + name, e);
        }
    }
}
