import com.sun.source.util.JavacTask;
import com.sun.source.util.TaskEvent;
import com.sun.source.util.TaskListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.NestingKind;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.TypeKind;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.ForwardingJavaFileObject;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Compiles Main.java of the working folder, or the sources that are named instead, and what they need of the others
 * there, to main.jar. Says what javac says, with two differences: public classes may have any name, and the jar starts
 * the program's own main class, whatever it is called.
 */
public final class Compile {
    private static final String SOURCE = "Main.java";
    private static final String JAR = "main.jar";

    public static void main(String[] args) throws IOException {
        var compiler = ToolProvider.getSystemJavaCompiler();
        var mains = new Mains();
        boolean done;
        Outputs outputs;
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            outputs = new Outputs(files);
            var options = List.of("-proc:none", "-Xlint:none", "-sourcepath", ".", "-implicit:class");
            var sources = new ArrayList<JavaFileObject>();
            var names = args.length > 0 ? args : new String[] {SOURCE};
            for (var source : files.getJavaFileObjects(names)) sources.add(new AnyName(source));
            var task = (JavacTask) compiler.getTask(new PrintWriter(System.err, true), outputs, null, options, null, sources);
            task.addTaskListener(mains);
            done = task.call();
        }
        if (done) writeJar(outputs.classes, mains.choice());
        System.exit(done ? 0 : 1);
    }

    private static void writeJar(Map<String, ByteArrayOutputStream> classes, String mainClass) throws IOException {
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, mainClass);
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, "./");
        try (var jar = new JarOutputStream(Files.newOutputStream(Path.of(JAR)), manifest)) {
            for (var entry : classes.entrySet()) {
                var bytes = entry.getValue().toByteArray();
                var crc = new CRC32();
                crc.update(bytes);
                var place = new ZipEntry(entry.getKey().replace('.', '/') + ".class");
                place.setMethod(ZipEntry.STORED); // read with every case, packed once
                place.setSize(bytes.length);
                place.setCrc(crc.getValue());
                jar.putNextEntry(place);
                jar.write(bytes);
            }
        }
    }

    /** A source that may hold public classes of any name. */
    private static final class AnyName extends ForwardingJavaFileObject<JavaFileObject> {
        AnyName(JavaFileObject file) {
            super(file);
        }

        @Override
        public boolean isNameCompatible(String simpleName, JavaFileObject.Kind kind) {
            return true;
        }
    }

    /** Keeps the classes in memory. */
    private static final class Outputs extends ForwardingJavaFileManager<StandardJavaFileManager> {
        final Map<String, ByteArrayOutputStream> classes = new LinkedHashMap<>();

        Outputs(StandardJavaFileManager files) {
            super(files);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                JavaFileManager.Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
            var bytes = new ByteArrayOutputStream();
            classes.put(name, bytes);
            return new SimpleJavaFileObject(URI.create("memory:///" + name.replace('.', '/') + kind.extension), kind) {
                @Override
                public OutputStream openOutputStream() {
                    return bytes;
                }
            };
        }

        @Override
        public boolean isSameFile(FileObject a, FileObject b) {
            return a.toUri().equals(b.toUri());
        }
    }

    /** Finds the classes that a program can be started with. */
    private static final class Mains implements TaskListener {
        private final List<TypeElement> found = new ArrayList<>();
        private String first;

        @Override
        public void finished(TaskEvent event) {
            var type = event.getTypeElement();
            if (event.getKind() != TaskEvent.Kind.ANALYZE || type == null) return;
            if (type.getNestingKind() != NestingKind.TOP_LEVEL) return;
            if (first == null) first = type.getQualifiedName().toString();
            if (type.getEnclosedElements().stream().anyMatch(it -> it instanceof ExecutableElement e && isMain(e))) found.add(type);
        }

        /** Main, else a public class, else the first one; without any, what Java then complains of. */
        String choice() {
            for (var type : found) if (type.getSimpleName().contentEquals("Main")) return type.getQualifiedName().toString();
            for (var type : found) if (type.getModifiers().contains(Modifier.PUBLIC)) return type.getQualifiedName().toString();
            if (!found.isEmpty()) return found.get(0).getQualifiedName().toString();
            return first == null ? "Main" : first;
        }

        private static boolean isMain(ExecutableElement method) {
            return method.getKind() == ElementKind.METHOD
                    && method.getSimpleName().contentEquals("main")
                    && method.getModifiers().contains(Modifier.PUBLIC)
                    && method.getModifiers().contains(Modifier.STATIC)
                    && method.getReturnType().getKind() == TypeKind.VOID
                    && method.getParameters().size() == 1
                    && method.getParameters().get(0).asType() instanceof ArrayType array
                    && array.getComponentType().toString().equals("java.lang.String");
        }
    }

    private Compile() {}
}
