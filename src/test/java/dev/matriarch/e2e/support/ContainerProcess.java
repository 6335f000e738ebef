package dev.matriarch.e2e.support;

import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The first process of a Pod's only container, as this machine sees it, on which local-kubernetes runs all of them. So it can get a signal that nobody in the
 * Pod asks for and Kubernetes does not know of.
 *
 * @param container its container's identity
 * @param pid its number on this machine
 */
record ContainerProcess(String container, long pid) {

    /** That of the container which runs now; waits for one that is being started. */
    static ContainerProcess of(Pod pod) {
        AtomicReference<ContainerProcess> found = new AtomicReference<>();
        Waiting.await("a process of " + pod.getMetadata().getName()).until(() -> {
            String container = container(pod);
            found.set(ProcessHandle.allProcesses()
                    .map(ProcessHandle::pid)
                    .filter(pid -> isFirstOf(container, pid))
                    .findFirst()
                    .map(pid -> new ContainerProcess(container, pid))
                    .orElse(null));
            return found.get() != null;
        });
        return found.get();
    }

    /** The container that a Pod has now, or had last. */
    static String container(Pod pod) {
        Pod now = TestCluster.client().resource(pod).get();
        return Objects.requireNonNull(
                        now.getStatus().getContainerStatuses().get(0).getContainerID())
                .replaceFirst(".*//", "");
    }

    /** Whether a process has the number 1 in the container. */
    private static boolean isFirstOf(String container, long pid) {
        Path process = Path.of("/proc", Long.toString(pid));
        try {
            return Files.readString(process.resolve("cgroup")).contains(container)
                    && Files.readAllLines(process.resolve("status")).stream()
                            .anyMatch(line -> line.matches("NSpid:.*\\s1"));
        } catch (IOException e) {
            return false; // it has ended meanwhile
        }
    }

    /** Sends it a signal, such as {@code KILL}. */
    void signal(String name) {
        Command.run(List.of("sh", "-c", "kill -" + name + " " + pid)).orThrow();
    }

    boolean lives() {
        return isFirstOf(container, pid);
    }
}
