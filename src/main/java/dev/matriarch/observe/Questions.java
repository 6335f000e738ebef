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
 * Asks instances side by side, and lets none that is silent keep the others waiting: one that said nothing is still asked, but hardly waited for any more, until
 * it says something again. What it says late is taken in the next round.
 */
final class Questions {

    /** How long an instance is waited for that has not been silent so far. */
    private static final Duration LIMIT = Duration.ofMillis(1_500);

    /** How long one is waited for that has been silent: long enough for who is well again. */
    private static final Duration GRACE = Duration.ofMillis(20);

    /** How old a late answer may be. */
    private static final Duration FRESH = Duration.ofSeconds(1);

    /**
     * What came of asking an instance.
     *
     * @param adds what is added to what is known of it without asking
     * @param silent whether nobody said anything, as far as one can tell
     */
    record Said(UnaryOperator<Instance> adds, boolean silent) {}

    private record Answer(Said said, long at) {}

    private final Executor executor;

    /** Questions to those who were silent when they were asked last, by what was asked. */
    private final Map<String, CompletableFuture<Answer>> silent = new ConcurrentHashMap<>();

    Questions(Executor executor) {
        this.executor = executor;
    }

    /**
     * Asks.
     *
     * @param questions by the identity of what is asked
     * @return what those add who gave an answer
     */
    Map<String, UnaryOperator<Instance>> ask(Map<String, Supplier<Said>> questions) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        Map<String, CompletableFuture<Answer>> prompt = new TreeMap<>();
        Map<String, CompletableFuture<Answer>> slow = new TreeMap<>();
        questions.forEach((id, question) -> {
            CompletableFuture<Answer> before = silent.remove(id);
            CompletableFuture<Answer> asked = before != null && isUseful(before)
                    ? before
                    : CompletableFuture.supplyAsync(() -> new Answer(question.get(), System.nanoTime()), executor);
            (before == null || hasSpoken(before) ? prompt : slow).put(id, asked);
        });
        Map<String, UnaryOperator<Instance>> answers = new TreeMap<>();
        prompt.forEach((id, asked) -> take(id, asked, deadline, answers));
        long grace = System.nanoTime() + GRACE.toNanos();
        slow.forEach((id, asked) -> take(id, asked, grace, answers));
        return answers;
    }

    /** Forgets what is gone. */
    void forget(String id) {
        silent.remove(id);
    }

    private void take(
            String id, CompletableFuture<Answer> asked, long deadline, Map<String, UnaryOperator<Instance>> answers) {
        try {
            Said said = asked.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS)
                    .said();
            answers.put(id, said.adds());
            if (said.silent()) {
                silent.put(id, asked);
            }
        } catch (TimeoutException e) {
            silent.put(id, asked);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while observing", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("observing failed", e.getCause());
        }
    }

    /** Whether it is under way, or was answered a moment ago; what told nothing is asked anew. */
    private static boolean isUseful(CompletableFuture<Answer> asked) {
        return !asked.isDone()
                || hasSpoken(asked) && System.nanoTime() - asked.join().at() < FRESH.toNanos();
    }

    private static boolean hasSpoken(CompletableFuture<Answer> asked) {
        return asked.isDone()
                && !asked.isCompletedExceptionally()
                && !asked.join().said().silent();
    }
}
