package dev.matriarch.chaos;

import dev.matriarch.e2e.support.Operator;
import dev.matriarch.e2e.support.TestCluster;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Processor time that a cluster takes in which nothing happens: of its Pods and the operator's, from their cgroups on this machine. What the
 * kubelet and the container runtime spend on probes outside of these Pods is not in it.
 */
final class IdleCost {

    private static final long MILLIS = 60_000;
    private static final long NANOS_OF_A_TICK = 10_000_000; // USER_HZ is 100 on every Linux that Java runs on

    private final Stage stage;
    private final PrintStream out;

    IdleCost(Stage stage, PrintStream out) {
        this.stage = stage;
        this.out = out;
    }

    /** Nanoseconds of processor time so far. */
    private record Sample(long at, long operator, long instances, long postgres) {}

    void run() throws InterruptedException {
        List<Path> operator = Operator.pods().stream().map(IdleCost::cgroup).toList();
        List<Path> instances = IntStream.range(
                        0, stage.cluster().get().getSpec().instances())
                .mapToObj(ordinal -> cgroup(stage.cluster().pod(ordinal)))
                .toList();
        Sample before = sample(operator, instances);
        Thread.sleep(MILLIS);
        Sample after = sample(operator, instances);
        double time = after.at() - before.at();
        double operators = 100 * (after.operator() - before.operator()) / time;
        double without = withoutCluster(operator);
        double postgres = 100 * (after.postgres() - before.postgres()) / time;
        double rest = 100 * (after.instances() - before.instances()) / time - postgres;
        out.printf(Locale.ROOT, "idle, percent of a core over %.0f s:%n", time / 1e9);
        out.printf(Locale.ROOT, "  operator, %d Pods                             %5.2f%n", operator.size(), operators);
        out.printf(Locale.ROOT, "  operator, without any cluster                 %5.2f%n", without);
        out.printf(Locale.ROOT, "  supervisors, and probes run in the instances  %5.2f%n", rest);
        out.printf(
                Locale.ROOT, "  PostgreSQL, %d instances, with what it is asked %4.2f%n", instances.size(), postgres);
        out.printf(
                Locale.ROOT,
                "  what the operator does for it, supervisors and probes together %.2f%n",
                operators - without + rest);
    }

    /** What the operator takes when there is nothing to look after: the same over, once the cluster is deleted. */
    private double withoutCluster(List<Path> operator) throws InterruptedException {
        stage.cluster().kubectl().does("delete", "pgc", stage.cluster().name());
        Thread.sleep(MILLIS / 2);
        Sample before = sample(operator, List.of());
        Thread.sleep(MILLIS);
        Sample after = sample(operator, List.of());
        return 100.0 * (after.operator() - before.operator()) / (after.at() - before.at());
    }

    private static Sample sample(List<Path> operator, List<Path> instances) {
        return new Sample(
                System.nanoTime(),
                operator.stream().mapToLong(IdleCost::used).sum(),
                instances.stream().mapToLong(IdleCost::used).sum(),
                instances.stream().mapToLong(IdleCost::usedByPostgres).sum());
    }

    /** The cgroup of a Pod, of version 1 or 2. */
    private static Path cgroup(Pod pod) {
        String name = "pod" + pod.getMetadata().getUid();
        for (String root : List.of("/sys/fs/cgroup/cpuacct", "/sys/fs/cgroup/cpu,cpuacct", "/sys/fs/cgroup")) {
            Path cluster = Path.of(root, "matriarch-" + TestCluster.property("local"));
            if (Files.isDirectory(cluster)) {
                try (Stream<Path> all = Files.walk(cluster)) {
                    return all.filter(each -> each.endsWith(name)).findFirst().orElseThrow();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
        throw new IllegalStateException(
                "There is no cgroup of " + pod.getMetadata().getName() + ".");
    }

    private static long used(Path cgroup) {
        try {
            Path one = cgroup.resolve("cpuacct.usage");
            if (Files.exists(one)) {
                return Long.parseLong(Files.readString(one).strip());
            }
            return 1000
                    * Files.readAllLines(cgroup.resolve("cpu.stat")).stream()
                            .filter(line -> line.startsWith("usage_usec "))
                            .mapToLong(line -> Long.parseLong(line.split(" ")[1]))
                            .findFirst()
                            .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of the processes of PostgreSQL that are there, and of those that ended, which the postmaster has the time of. */
    private static long usedByPostgres(Path cgroup) {
        long nanos = 0;
        for (String pid : processes(cgroup)) {
            try {
                Path process = Path.of("/proc", pid);
                if (Files.readString(process.resolve("comm")).strip().equals("postgres")) {
                    nanos += Long.parseLong(
                            Files.readString(process.resolve("schedstat")).split(" ")[0]);
                    String[] stat = Files.readString(process.resolve("stat"))
                            .replaceFirst(".*\\) ", "")
                            .split(" ");
                    nanos += (Long.parseLong(stat[13]) + Long.parseLong(stat[14])) * NANOS_OF_A_TICK;
                }
            } catch (NoSuchFileException e) {
                // It has just ended.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return nanos;
    }

    private static List<String> processes(Path cgroup) {
        List<String> pids = new ArrayList<>();
        try (Stream<Path> all = Files.walk(cgroup)) {
            for (Path each : all.filter(path -> path.endsWith("cgroup.procs")).toList()) {
                pids.addAll(Files.readAllLines(each));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return pids;
    }
}
