package dev.matriarch.chaos;

import dev.matriarch.chaos.LoadClients.Load;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** A run as one file for a browser: what counts first, a chart of the write gaps by fault, and every cycle. It needs nothing besides itself. */
final class HtmlReport {

    private static final String HEAD = """
            <!DOCTYPE html>
            <html lang="en"><meta charset="utf-8"><title>Matriarch: chaos</title>
            <style>
            body { font: 14px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; color: #1d2430; background: #fff }
            h1 { font-size: 1.5rem } h2 { font-size: 1.1rem; margin-top: 2rem }
            table { border-collapse: collapse; width: 100% } th, td { text-align: right; padding: .2rem .5rem; border-bottom: 1px solid #e3e6ea }
            th { font-weight: 600; vertical-align: bottom } .text { text-align: left } .bad { color: #b00020; font-weight: 600 }
            .good { color: #1b6e3c; font-weight: 600 } svg text { font: 12px system-ui, sans-serif; fill: #1d2430 }
            </style>
            """;

    private final Path directory;

    HtmlReport(Path directory) {
        this.directory = directory;
    }

    void write(long seed, Load load, List<CycleResult> cycles, List<String> complaints) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("report.html"), html(seed, load, cycles, complaints));
    }

    static String html(long seed, Load load, List<CycleResult> cycles, List<String> complaints) {
        StringBuilder page = new StringBuilder(HEAD);
        long lost = sum(cycles, CycleResult::lost);
        long duplicated = sum(cycles, CycleResult::duplicated);
        boolean clean = complaints.isEmpty() && cycles.stream().allMatch(CycleResult::isClean);
        page.append("<h1>Chaos: ")
                .append(cycles.size())
                .append(" cycles, seed ")
                .append(seed)
                .append("</h1>\n<p class=\"")
                .append(clean ? "good" : "bad")
                .append("\">")
                .append(String.format(
                        Locale.ROOT,
                        "%,d acknowledged writes, %,d lost, %,d duplicated",
                        sum(cycles, CycleResult::acknowledged),
                        lost,
                        duplicated))
                .append(
                        clean
                                ? "; after every fault the cluster was whole again."
                                : "; not everything was as it must be. Cycles not compared: "
                                        + cycles.stream()
                                                .filter(cycle -> !cycle.compared())
                                                .count())
                .append("</p>\n<p>")
                .append(load.writers())
                .append(" writers, half through the Service and half through the multi-host URI, at most ")
                .append(load.writesPerSecond())
                .append(" writes a second together; reached before the faults: ")
                .append(Figures.of(
                        cycles.stream().map(cycle -> (long) cycle.perSecond()).toList()))
                .append(
                        ". A write gap is the longest time in which no writer of a kind in one client Pod had an acknowledgement, by that"
                                + " Pod's clock; of the Pods on nodes that the fault left alone the longest counts.</p>\n");
        complaints.forEach(
                each -> page.append("<p class=\"bad\">").append(escape(each)).append("</p>\n"));
        page.append("<h2>Write gaps by fault</h2>\n").append(new GapChart(cycles).svg());
        page.append("<h2>By fault: medians [least..most] in milliseconds</h2>\n")
                .append(faults(cycles));
        page.append("<h2>Every cycle</h2>\n").append(table(cycles));
        return page.append("</html>\n").toString();
    }

    private static String faults(List<CycleResult> cycles) {
        StringBuilder rows = new StringBuilder(
                "<table><tr><th class=\"text\">fault<th>cycles<th>gap, Service<th>gap, multi-host<th>at most<th>whole again</tr>\n");
        byFault(cycles).forEach((fault, ofIt) -> rows.append("<tr><td class=\"text\">")
                .append(escape(fault))
                .append("<td>")
                .append(ofIt.size())
                .append("<td>")
                .append(Figures.of(ofIt.stream().map(CycleResult::gapService).toList()))
                .append("<td>")
                .append(Figures.of(ofIt.stream().map(CycleResult::gapMultihost).toList()))
                .append("<td>")
                .append(ofIt.get(0).writesWithin())
                .append("<td>")
                .append(Figures.of(ofIt.stream().map(CycleResult::whole).toList()))
                .append("</tr>\n"));
        return rows.append("</table>\n").toString();
    }

    private static String table(List<CycleResult> cycles) {
        StringBuilder rows = new StringBuilder(
                "<table><tr><th>#<th class=\"text\">fault<th class=\"text\">to<th>instances<th>lasted<th>gap, Service"
                        + "<th>gap, multi-host<th>worst writer, Service<th>worst writer, multi-host<th>whole after<th>epoch<th>acknowledged<th>per second<th>offered"
                        + "<th>unknown<th>failed reads<th>lost<th>duplicated</tr>\n");
        for (CycleResult cycle : cycles) {
            rows.append("<tr><td>").append(cycle.cycle());
            rows.append("<td class=\"text\">").append(escape(cycle.fault()));
            rows.append("<td class=\"text\">").append(escape(cycle.to()));
            for (long number : new long[] {
                cycle.instances(),
                cycle.lasted(),
                cycle.gapService(),
                cycle.gapMultihost(),
                cycle.worstService(),
                cycle.worstMultihost(),
                cycle.whole()
            }) {
                rows.append("<td>").append(number);
            }
            rows.append("<td>+").append(cycle.epochs());
            rows.append("<td>")
                    .append(cycle.acknowledged())
                    .append("<td>")
                    .append(cycle.perSecond())
                    .append("<td>")
                    .append(cycle.offered());
            rows.append("<td>").append(cycle.unknown());
            rows.append("<td>").append(cycle.failedReads()).append(" of ").append(cycle.reads());
            rows.append("<td>").append(cycle.lost()).append("<td>").append(cycle.duplicated());
            rows.append("</tr>\n");
            cycle.complaints().forEach(each -> rows.append("<tr><td><td class=\"text bad\" colspan=\"17\">")
                    .append(escape(each))
                    .append("</tr>\n"));
        }
        return rows.append("</table>\n").toString();
    }

    static Map<String, List<CycleResult>> byFault(List<CycleResult> cycles) {
        return cycles.stream().collect(Collectors.groupingBy(CycleResult::fault, TreeMap::new, Collectors.toList()));
    }

    private static long sum(List<CycleResult> cycles, ToLongFunction<CycleResult> figure) {
        return cycles.stream().mapToLong(figure).sum();
    }

    static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
