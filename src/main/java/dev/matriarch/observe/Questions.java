package dev.matriarch.observe;

import dev.matriarch.decide.Instance;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Asks instances side by side, and lets none that is silent keep the others waiting: one that did not answer in time is still asked, but not waited for
 * any more, until it answers again. What it says late is taken in the next round.
 */
final class Questions {

    /** How long an instance is waited for that has answered in time so far. */
    private static final Duration LIMIT = Duration.ofMillis(1_500);

    /** How old a late answer may be. */
    private static final Duration FRESH = Duration.ofSeconds(1);

    /** What is added to what is known of an instance without asking it. */
    private record Answer(UnaryOperator<Instance> said, long at) {}

    private final Executor executor;

    /** Questions that were not answered in time, by what was asked. */
    private final Map<String, CompletableFuture<Answer>> late = new ConcurrentHashMap<>();

    Questions(Executor executor) {
        this.executor = executor;
    }

    /**
     * Asks.
     *
     * @param questions by the identity of what is asked
     * @return the answers of those who gave one
     */
    Map<String, UnaryOperator<Instance>> ask(Map<String, Supplier<UnaryOperator<Instance>>> questions) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        Map<String, CompletableFuture<Answer>> prompt = new TreeMap<>();
        Map<String, CompletableFuture<Answer>> slow = new TreeMap<>();
        questions.forEach((id, question) -> {
            CompletableFuture<Answer> before = late.remove(id);
            boolean useful = before != null && (!before.isDone() || isFresh(before));
            CompletableFuture<Answer> asked = useful
                    ? before
                    : CompletableFuture.supplyAsync(() -> new Answer(question.get(), System.nanoTime()), executor);
            (before == null ? prompt : slow).put(id, asked);
        });
        Map<String, UnaryOperator<Instance>> answers = new TreeMap<>();
        prompt.forEach((id, asked) -> take(id, asked, deadline - System.nanoTime(), answers));
        slow.forEach((id, asked) -> take(id, asked, 0, answers));
        return answers;
    }

    /** Forgets what is gone. */
    void forget(String id) {
        late.remove(id);
    }

    private void take(
            String id, CompletableFuture<Answer> asked, long nanos, Map<String, UnaryOperator<Instance>> answers) {
        try {
            answers.put(id, asked.get(Math.max(0, nanos), TimeUnit.NANOSECONDS).said());
        } catch (TimeoutException e) {
            late.put(id, asked);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while observing", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("observing failed", e.getCause());
        }
    }

    private static boolean isFresh(CompletableFuture<Answer> done) {
        return !done.isCompletedExceptionally()
                && System.nanoTime() - done.join().at() < FRESH.toNanos();
    }
}
