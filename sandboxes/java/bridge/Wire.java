package sandlot.bridge;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;

/** Frames of the call bridge (docs/bridge.md) over descriptor 3: four bytes of length, a letter that names the kind, the rest. */
final class Wire {
    /** The program can be called. */
    static final char LOADED = 'L';
    /** The program could not be loaded: class of the exception, its message. */
    static final char UNLOADED = 'F';
    /** Number of the object, arguments. */
    static final char CALL = 'C';
    /** The value, then the arguments as the call has left them. */
    static final char RETURNED = 'R';
    /** Class of the exception, its message. */
    static final char THREW = 'E';
    /** Why the value cannot be sent. */
    static final char UNSENDABLE = 'U';

    static final int MOST_BYTES = 16 << 20;
    private static final int DESCRIPTOR = 3;

    /** The other side has gone, or does not keep to the form. */
    static final class Broken extends Exception {
        Broken(String message) {
            super(message);
        }
    }

    private final FileInputStream in;
    private final FileOutputStream out;

    Wire() throws ReflectiveOperationException {
        var descriptor = new FileDescriptor();
        // Opened for us by the command line: Java has no other way to a descriptor that it was given.
        var number = FileDescriptor.class.getDeclaredField("fd");
        number.setAccessible(true);
        number.setInt(descriptor, DESCRIPTOR);
        in = new FileInputStream(descriptor);
        out = new FileOutputStream(descriptor);
    }

    void send(ByteArrayOutputStream frame) throws Broken {
        try {
            var whole = new ByteArrayOutputStream(frame.size() + 4);
            new DataOutputStream(whole).writeInt(frame.size());
            frame.writeTo(whole);
            out.write(whole.toByteArray());
        } catch (IOException error) {
            throw new Broken("closed the connection");
        }
    }

    DataInputStream receive() throws Broken {
        try {
            int size = new DataInputStream(new ByteArrayInputStream(exactly(4))).readInt();
            if (size <= 0 || size > MOST_BYTES) throw new Broken("announced " + size + " bytes");
            return new DataInputStream(new ByteArrayInputStream(exactly(size)));
        } catch (IOException error) {
            throw new Broken("closed the connection");
        }
    }

    /** Not by readNBytes, which asks files for their position. */
    private byte[] exactly(int size) throws IOException, Broken {
        var bytes = new byte[size];
        for (int at = 0; at < size; ) {
            int got = in.read(bytes, at, size - at);
            if (got < 0) throw new Broken("closed the connection");
            at += got;
        }
        return bytes;
    }
}
