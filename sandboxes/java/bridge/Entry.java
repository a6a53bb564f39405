package sandlot.bridge;

/** An object of the candidate's class. SandlotEntry, made from the tests' declaration, calls its method. */
public interface Entry {
    Object call(Object[] arguments) throws Throwable;
}
