package dev.matriarch.chaos;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Write gaps by fault, one dot for each cycle and kind of client, on a logarithmic scale from 10 ms to 1000 s. */
final class GapChart {

    private static final int LEFT = 240;
    private static final int WIDTH = 820;
    private static final int ROW = 26;
    private static final int TOP = 44;
    private static final double DECADES = 5;
    private static final String SERVICE = "#c2410c";
    private static final String MULTIHOST = "#1d4ed8";

    private final Map<String, List<CycleResult>> faults;

    GapChart(List<CycleResult> cycles) {
        this.faults = HtmlReport.byFault(cycles);
    }

    String svg() {
        int height = TOP + ROW * faults.size() + 10;
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"100%%\" role=\"img\" aria-label=\"Write gaps by fault\">%n",
                LEFT + WIDTH + 20,
                height));
        dot(svg, LEFT, 10, SERVICE, "Service");
        svg.append(text(LEFT + 10, 14, "start", "through the Service"));
        dot(svg, LEFT + 160, 10, MULTIHOST, "multi-host");
        svg.append(text(LEFT + 170, 14, "start", "through the multi-host URI"));
        for (String[] mark : new String[][] {
            {"10", "10 ms"},
            {"100", "100 ms"},
            {"1000", "1 s"},
            {"10000", "10 s"},
            {"100000", "100 s"},
            {"1000000", "1000 s"}
        }) {
            double x = x(Long.parseLong(mark[0]));
            svg.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" stroke=\"#e3e6ea\"/>%n",
                    x,
                    x,
                    TOP - 8,
                    height));
            svg.append(text(x, TOP - 12, "middle", mark[1]));
        }
        int y = TOP + ROW / 2;
        for (Map.Entry<String, List<CycleResult>> fault : faults.entrySet()) {
            svg.append(text(LEFT - 10, y + 4, "end", fault.getKey()));
            for (CycleResult cycle : fault.getValue()) {
                dot(
                        svg,
                        x(cycle.gapService()),
                        y - 4,
                        SERVICE,
                        "cycle " + cycle.cycle() + ": " + cycle.gapService() + " ms");
                dot(
                        svg,
                        x(cycle.gapMultihost()),
                        y + 5,
                        MULTIHOST,
                        "cycle " + cycle.cycle() + ": " + cycle.gapMultihost() + " ms");
            }
            y += ROW;
        }
        return svg.append("</svg>\n").toString();
    }

    private static double x(long milliseconds) {
        double decades = Math.log10(Math.max(10, milliseconds)) - 1;
        return LEFT + WIDTH * Math.min(decades, DECADES) / DECADES;
    }

    private static void dot(StringBuilder svg, double x, double y, String colour, String title) {
        svg.append(String.format(
                Locale.ROOT,
                "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\" fill-opacity=\"0.65\"><title>%s</title></circle>%n",
                x,
                y,
                colour,
                title));
    }

    private static String text(double x, double y, String anchor, String words) {
        return String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
                x,
                y,
                anchor,
                HtmlReport.escape(words));
    }
}
