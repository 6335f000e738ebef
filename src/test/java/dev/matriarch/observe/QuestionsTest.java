package dev.matriarch.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QuestionsTest {

    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final Questions questions = new Questions(executor);
    private final AtomicInteger asked = new AtomicInteger();

    @AfterEach
    void stop() {
        executor.shutdownNow();
    }

    @Test
    void whoAnswersIsWaitedFor() {
        for (int round = 0; round < 3; round++) {
            assertThat(questions.ask(Map.of("orders-0", after(50, false)))).containsKey("orders-0");
        }
        assertThat(asked).hasValue(3);
    }

    @Test
    void whoSaidNothingIsNotWaitedForAgain() {
        questions.ask(Map.of("orders-0", after(300, true)));
        long began = System.nanoTime();
        for (int round = 0; round < 3; round++) {
            assertThat(questions.ask(Map.of("orders-0", after(300, true)))).isEmpty();
        }
        assertThat(System.nanoTime() - began).as("nanoseconds").isLessThan(TimeUnit.MILLISECONDS.toNanos(250));
        assertThat(asked).as("one after the other").hasValueLessThanOrEqualTo(2);
    }

    @Test
    void whoDoesNotAnswerInTimeIsNotWaitedForAgainUntilItDoes() throws InterruptedException {
        CountDownLatch answers = new CountDownLatch(1);
        Supplier<Questions.Said> question = () -> {
            asked.incrementAndGet();
            await(answers);
            return new Questions.Said(instance -> instance, false);
        };
        assertThat(questions.ask(Map.of("orders-0", question))).isEmpty();
        long began = System.nanoTime();
        assertThat(questions.ask(Map.of("orders-0", question))).isEmpty();
        assertThat(System.nanoTime() - began).as("nanoseconds").isLessThan(TimeUnit.MILLISECONDS.toNanos(500));
        answers.countDown();
        Thread.sleep(100);
        assertThat(questions.ask(Map.of("orders-0", question))).containsKey("orders-0");
        assertThat(asked).as("it is still the first question").hasValue(1);
    }

    @Test
    void whoIsWellAgainIsHeardHoweverRarelyItIsAsked() throws InterruptedException {
        questions.ask(Map.of("orders-0", after(100, true)));
        questions.ask(Map.of("orders-0", after(100, false)));
        Thread.sleep(1_200);
        assertThat(questions.ask(Map.of("orders-0", after(100, false)))).containsKey("orders-0");
    }

    private Supplier<Questions.Said> after(int milliseconds, boolean silent) {
        return () -> {
            asked.incrementAndGet();
            await(milliseconds);
            return new Questions.Said(instance -> instance, silent);
        };
    }

    private static void await(int milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
