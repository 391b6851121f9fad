import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * What java.util.Properties makes of files. Each file comes as its length and its bytes; the answer is the
 * number of entries (-1 if the file is refused), then each key and value as its length and its UTF-16.
 */
public class Judge {
    public static void main(String[] arguments) throws Exception {
        DataInputStream files = new DataInputStream(new BufferedInputStream(System.in));
        DataOutputStream answers = new DataOutputStream(new BufferedOutputStream(System.out));
        while (true) {
            int length;
            try {
                length = files.readInt();
            } catch (EOFException end) {
                break;
            }
            byte[] file = new byte[length];
            files.readFully(file);
            answer(file, answers);
        }
        answers.flush();
    }

    private static void answer(byte[] file, DataOutputStream answers) throws Exception {
        List<String> found = new ArrayList<>();
        Properties properties = new Properties() {
            @Override
            public synchronized Object put(Object key, Object value) {
                found.add((String) key);
                found.add((String) value);
                return super.put(key, value);
            }
        };
        try {
            properties.load(new ByteArrayInputStream(file));
        } catch (IllegalArgumentException refused) {
            answers.writeInt(-1);
            return;
        }
        answers.writeInt(found.size() / 2);
        for (String text : found) {
            answers.writeInt(text.length());
            answers.writeChars(text);
        }
    }
}
