package sandlot.bridge;

import java.io.DataInputStream;
import java.io.IOException;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads plain values out of a frame. What comes is of java.lang, java.util and java.math, and never of a class of the sender's choice. */
final class Receiver {
    private static final int MOST_DIGITS = 100_000;
    private static final int MOST_INTERNED = 1000;
    private static final Map<String, Class<?>> ELEMENTS = Map.ofEntries(
            Map.entry("Z", boolean.class), Map.entry("B", byte.class), Map.entry("S", short.class), Map.entry("I", int.class),
            Map.entry("J", long.class), Map.entry("F", float.class), Map.entry("D", double.class), Map.entry("C", char.class),
            named(Boolean.class), named(Byte.class), named(Short.class), named(Integer.class), named(Long.class),
            named(Float.class), named(Double.class), named(Character.class), named(String.class), named(Object.class),
            named(List.class), named(Map.class), named(Set.class), named(Optional.class), named(BigInteger.class),
            named(BigDecimal.class), named(ArrayList.class));

    private static Map.Entry<String, Class<?>> named(Class<?> type) {
        return Map.entry("L" + type.getName() + ";", type);
    }

    private final DataInputStream in;

    Receiver(DataInputStream in) {
        this.in = in;
    }

    char kind() throws Wire.Broken {
        return (char) number(1);
    }

    int number() throws Wire.Broken {
        return number(4);
    }

    private int number(int size) throws Wire.Broken {
        try {
            return size == 1 ? in.readByte() : in.readInt();
        } catch (IOException error) {
            throw new Wire.Broken("sent too little");
        }
    }

    String text() throws Wire.Broken {
        try {
            int length = count(2);
            var text = new char[length];
            for (int i = 0; i < length; i++) text[i] = in.readChar();
            return new String(text);
        } catch (IOException error) {
            throw new Wire.Broken("sent too little");
        }
    }

    Object value() throws Wire.Broken {
        try {
            return read(0);
        } catch (IOException | IllegalArgumentException | ArithmeticException error) {
            throw new Wire.Broken("sent a malformed value");
        }
    }

    void end() throws Wire.Broken {
        try {
            if (in.available() > 0) throw new Wire.Broken("sent more than was asked for");
        } catch (IOException error) {
            throw new Wire.Broken("sent too little");
        }
    }

    /** How many things of `size` bytes at least follow. */
    private int count(int size) throws IOException, Wire.Broken {
        int count = in.readInt();
        if (count < 0 || (long) count * size > in.available()) throw new Wire.Broken("announced more than it sent");
        return count;
    }

    private Object read(int depth) throws IOException, Wire.Broken {
        if (depth > Sender.MOST_DEPTH + 1) throw new Wire.Broken("nested its values too deep");
        switch ((char) in.readByte()) {
            case 'n': return null;
            case 'z': return in.readBoolean();
            case 'b': return in.readByte();
            case 'h': return in.readShort();
            case 'i': return in.readInt();
            case 'l': return in.readLong();
            case 'f': return in.readFloat();
            case 'd': return in.readDouble();
            case 'c': return in.readChar();
            case 's': return string();
            case 'B': return new BigInteger(digits());
            case 'D': return new BigDecimal(digits());
            case 'O': return Optional.ofNullable(read(depth + 1));
            case 'L': return items(new ArrayList<>(), depth);
            case 'S': return items(new LinkedHashSet<>(), depth);
            case 'M': {
                var map = new LinkedHashMap<>();
                for (int left = count(2); left > 0; left--) map.put(read(depth + 1), read(depth + 1));
                return map;
            }
            case 'A': return array(depth);
            default: throw new Wire.Broken("sent a value of an unknown type");
        }
    }

    /** The same object as a literal of the same text: tests and programs that compare by identity see what they would without a bridge. */
    private String string() throws Wire.Broken {
        var text = text();
        return text.length() <= MOST_INTERNED ? text.intern() : text;
    }

    private String digits() throws Wire.Broken {
        var text = text();
        if (text.length() > MOST_DIGITS) throw new Wire.Broken("sent a number of " + text.length() + " digits");
        return text;
    }

    private Object items(java.util.Collection<Object> into, int depth) throws IOException, Wire.Broken {
        for (int left = count(1); left > 0; left--) into.add(read(depth + 1));
        return into;
    }

    private Object array(int depth) throws IOException, Wire.Broken {
        var name = text();
        int brackets = 0;
        while (brackets < name.length() && name.charAt(brackets) == '[') brackets++;
        var element = ELEMENTS.get(name.substring(brackets));
        if (brackets == 0 || brackets > 4 || element == null) throw new Wire.Broken("sent an array of another class");
        for (int i = 1; i < brackets; i++) element = element.arrayType();
        int length = count(1);
        var array = Array.newInstance(element, length);
        for (int i = 0; i < length; i++) Array.set(array, i, read(depth + 1));
        return array;
    }
}
