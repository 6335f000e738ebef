package dev.matriarch.objects;

import dev.matriarch.api.Storage;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;

/**
 * How much WAL an instance keeps for others, by the size of its volume.
 *
 * <p>A primary keeps it by the slots of its standbys. A standby has none, and drops at its next restartpoint what only others still need: were it elected while another
 * one lags behind it, that one would be copied as a whole before it could confirm anything, and the cluster would take no writes for as long. So
 * every instance keeps a tenth of its volume, {@code wal_keep_size}, whether somebody needs it or not.
 *
 * <p>What a slot keeps at most, a quarter of the volume, protects the primary from a standby that is away for long: past this it is copied.
 *
 * <p>Both are taken by a reload. The user's parameters come over them.
 */
final class KeptWal {

    private static final BigDecimal MEGABYTE = BigDecimal.valueOf(1 << 20);

    /** In megabytes; four segments. */
    private static final long LEAST = 64;

    /** In megabytes. */
    private static final long MOST = 4096;

    private KeptWal() {}

    static Map<String, String> parameters(Storage storage) {
        if (storage.sharedClaimName() != null) { // of unknown size
            return parameters(LEAST, MOST);
        }
        BigDecimal size =
                Quantity.getAmountInBytes(new Quantity(storage.size())).divide(MEGABYTE, 0, RoundingMode.DOWN);
        return parameters(part(size, 10), part(size, 4));
    }

    private static Map<String, String> parameters(long everywhere, long bySlot) {
        return Map.of("wal_keep_size", everywhere + "MB", "max_slot_wal_keep_size", bySlot + "MB");
    }

    private static long part(BigDecimal megabytes, long divisor) {
        return megabytes
                .divide(BigDecimal.valueOf(divisor), 0, RoundingMode.DOWN)
                .min(BigDecimal.valueOf(MOST))
                .max(BigDecimal.valueOf(LEAST))
                .longValueExact();
    }
}
