package sandlot.bridge;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Writes plain values into a frame, each with a letter that names its type. */
final class Sender {
    static final int MOST_DEPTH = 100;

    /** A value that has no plain form. */
    static class Unsendable extends Exception {
        Unsendable(String message) {
            super(message);
        }
    }

    /** A value of a plain form that is too large or too deep for a frame. */
    static final class TooLarge extends Unsendable {
        TooLarge(String message) {
            super(message);
        }
    }

    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);

    Sender(char kind) throws IOException {
        out.writeByte(kind);
    }

    Sender number(int value) throws IOException {
        out.writeInt(value);
        return this;
    }

    /** Characters as they are, halves of surrogate pairs too. */
    Sender text(String text) throws IOException {
        out.writeInt(text.length());
        out.writeChars(text);
        return this;
    }

    Sender value(Object value) throws IOException, Unsendable {
        write(value, 0);
        if (bytes.size() > Wire.MOST_BYTES) throw new TooLarge("larger than a frame");
        return this;
    }

    private void write(Object value, int depth) throws IOException, Unsendable {
        if (depth > MOST_DEPTH) throw new TooLarge("nested more than " + MOST_DEPTH + " deep");
        if (bytes.size() > Wire.MOST_BYTES) throw new TooLarge("larger than a frame");
        if (value == null) out.writeByte('n');
        else if (value instanceof Optional<?> optional) nested('O', optional.orElse(null), depth);
        else if (value instanceof Map<?, ?> map) {
            out.writeByte('M');
            out.writeInt(map.size());
            for (var entry : map.entrySet()) {
                write(entry.getKey(), depth + 1);
                write(entry.getValue(), depth + 1);
            }
        } else if (value instanceof Collection<?> items) {
            out.writeByte(value instanceof Set ? 'S' : 'L');
            var copy = items.toArray();
            out.writeInt(copy.length);
            for (var item : copy) write(item, depth + 1);
        } else if (value.getClass().isArray()) array(value, depth);
        else atom(value);
    }

    private void nested(char tag, Object value, int depth) throws IOException, Unsendable {
        out.writeByte(tag);
        write(value, depth + 1);
    }

    private void array(Object array, int depth) throws IOException, Unsendable {
        out.writeByte('A');
        text(array.getClass().getName());
        int length = Array.getLength(array);
        out.writeInt(length);
        for (int i = 0; i < length; i++) write(Array.get(array, i), depth + 1);
    }

    private void atom(Object value) throws IOException, Unsendable {
        switch (value) {
            case Boolean it -> { out.writeByte('z'); out.writeBoolean(it); }
            case Byte it -> { out.writeByte('b'); out.writeByte(it); }
            case Short it -> { out.writeByte('h'); out.writeShort(it); }
            case Integer it -> { out.writeByte('i'); out.writeInt(it); }
            case Long it -> { out.writeByte('l'); out.writeLong(it); }
            case Float it -> { out.writeByte('f'); out.writeFloat(it); }
            case Double it -> { out.writeByte('d'); out.writeDouble(it); }
            case Character it -> { out.writeByte('c'); out.writeChar(it); }
            case String it -> { out.writeByte('s'); text(it); }
            case BigInteger it -> { out.writeByte('B'); text(it.toString()); }
            case BigDecimal it -> { out.writeByte('D'); text(it.toString()); }
            default -> throw new Unsendable("of the class " + value.getClass().getName());
        }
    }
}
