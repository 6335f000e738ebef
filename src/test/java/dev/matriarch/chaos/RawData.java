package dev.matriarch.chaos;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.matriarch.chaos.LoadClients.Load;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A run as data: {@code run.json} with everything, {@code cycles.csv} with a line for each cycle. */
final class RawData {

    private final Path directory;

    RawData(Path directory) {
        this.directory = directory;
    }

    /** The whole run. */
    record Run(long seed, Load load, List<CycleResult> cycles, List<String> complaints) {}

    void write(long seed, Load load, List<CycleResult> cycles, List<String> complaints) throws IOException {
        Files.createDirectories(directory);
        new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValue(directory.resolve("run.json").toFile(), new Run(seed, load, cycles, complaints));
        List<String> lines = new ArrayList<>();
        RecordComponent[] columns = CycleResult.class.getRecordComponents();
        lines.add(Arrays.stream(columns).map(RecordComponent::getName).collect(Collectors.joining(",")));
        for (CycleResult cycle : cycles) {
            List<String> cells = new ArrayList<>();
            for (RecordComponent column : columns) {
                cells.add(cell(column, cycle));
            }
            lines.add(String.join(",", cells));
        }
        Files.write(directory.resolve("cycles.csv"), lines);
    }

    private static String cell(RecordComponent column, CycleResult cycle) {
        try {
            String text = String.valueOf(column.getAccessor().invoke(cycle));
            return text.matches("[A-Za-z0-9.-]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
