import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.*;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.*;

/**
 * A producer and a consumer that run through everything: Traffic BOOTSTRAP TOPIC PAUSE_MS.
 * Messages are numbered, and each has a checksum of itself. A line of JSON tells every second how far both are. When
 * the input ends, the producer sends what it has, the consumer reads to the end, and a last line compares.
 *
 * Every message that is acknowledged is acknowledged by all in-sync replicas. The producer retries, and is not
 * idempotent: what a lost acknowledgement makes of a message is seen, and not hidden.
 */
public class Traffic {
    static final int PARTITIONS = 6;

    /** Where a message is, and the checksum of its text. */
    record Place(int partition, long offset, long checksum) {}

    static final Map<Integer, Place> acknowledged = new ConcurrentHashMap<>();
    static final Map<Integer, Place> read = new ConcurrentHashMap<>();
    /** Messages that stand at more than one offset: how many places too many. */
    static final AtomicInteger twice = new AtomicInteger();
    /** Messages of which the producer has given up. */
    static final AtomicInteger refused = new AtomicInteger();
    /** Messages whose text is not what its checksum says. */
    static final AtomicInteger broken = new AtomicInteger();
    static final AtomicLong longestNanos = new AtomicLong();
    static volatile long retries = 0;
    /** The input has ended. */
    static volatile boolean asked = false;
    static volatile boolean sent = false;

    public static void main(String[] words) throws Exception {
        String bootstrap = words[0], topic = words[1];
        long pause = Long.parseLong(words[2]);
        create(bootstrap, topic);
        Thread consumer = new Thread(() -> read(bootstrap, topic));
        consumer.start();
        Properties settings = new Properties();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("acks", "all");
        settings.put("enable.idempotence", "false");
        settings.put("delivery.timeout.ms", "300000");
        settings.put("max.block.ms", "300000");
        Thread watch = new Thread(() -> {
            try {
                while (System.in.read() >= 0) {}
            } catch (java.io.IOException end) {
                // Whoever watches is gone.
            }
            asked = true;
        });
        watch.setDaemon(true);
        watch.start();
        KafkaProducer<Integer, String> producer =
            new KafkaProducer<>(settings, new IntegerSerializer(), new StringSerializer());
        long told = 0;
        for (int number = 1; !asked; number++) {
            send(producer, topic, number);
            Thread.sleep(pause);
            if (System.nanoTime() - told > 1_000_000_000L) {
                told = System.nanoTime();
                retries = retries(producer);
                System.out.println("{" + counts() + "}");
            }
        }
        producer.flush();
        retries = retries(producer);
        producer.close();
        sent = true;
        consumer.join();
        System.out.println("{" + counts() + "," + compared() + "}");
    }

    /** Six partitions with three replicas, two of which must have a message before it is acknowledged. */
    static void create(String bootstrap, String topic) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            NewTopic wanted = new NewTopic(topic, PARTITIONS, (short) 3);
            admin.createTopics(List.of(wanted.configs(Map.of("min.insync.replicas", "2")))).all().get();
        } catch (java.util.concurrent.ExecutionException error) {
            if (!(error.getCause() instanceof TopicExistsException)) throw error;
        }
    }

    static void send(KafkaProducer<Integer, String> producer, String topic, int number) {
        String body = number + " message " + UUID.randomUUID();
        String text = checksum(body) + " " + body;
        long began = System.nanoTime();
        producer.send(new ProducerRecord<>(topic, number, text), (place, error) -> {
            long took = System.nanoTime() - began;
            longestNanos.accumulateAndGet(took, Math::max);
            if (error == null) {
                acknowledged.put(number, new Place(place.partition(), place.offset(), checksum(text)));
            } else {
                refused.incrementAndGet();
            }
        });
    }

    static void read(String bootstrap, String topic) {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("group.id", topic);
        settings.put("auto.offset.reset", "earliest");
        Set<TopicPartition> all = new HashSet<>();
        for (int partition = 0; partition < PARTITIONS; partition++) all.add(new TopicPartition(topic, partition));
        Map<TopicPartition, Long> ends = null;
        try (KafkaConsumer<Integer, String> consumer =
                new KafkaConsumer<>(settings, new IntegerDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            while (ends == null || !isAt(consumer, ends)) {
                for (ConsumerRecord<Integer, String> record : consumer.poll(Duration.ofMillis(200))) note(record);
                if (ends == null && sent) ends = consumer.endOffsets(all, Duration.ofMinutes(2));
            }
        }
    }

    static boolean isAt(KafkaConsumer<Integer, String> consumer, Map<TopicPartition, Long> ends) {
        // While its group looks for a new leader it has no partition.
        return consumer.assignment().containsAll(ends.keySet())
            && ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    static void note(ConsumerRecord<Integer, String> record) {
        String[] parts = record.value().split(" ", 2);
        if (!parts[0].equals(Long.toString(checksum(parts[1])))) broken.incrementAndGet();
        Place place = new Place(record.partition(), record.offset(), checksum(record.value()));
        Place known = read.putIfAbsent(record.key(), place);
        // The same place again is a consumer that goes on from an older commit.
        if (known != null && !known.equals(place)) twice.incrementAndGet();
    }

    static long checksum(String text) {
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return crc.getValue();
    }

    static String counts() {
        return String.format(
            "\"acknowledged\":%d,\"read\":%d,\"refused\":%d,\"longest_ms\":%d,\"retries\":%d",
            acknowledged.size(), read.size(), refused.get(), longestNanos.get() / 1_000_000, retries);
    }

    /** How often the producer has sent something again. */
    static long retries(KafkaProducer<?, ?> producer) {
        for (var metric : producer.metrics().entrySet()) {
            boolean total = metric.getKey().name().equals("record-retry-total");
            if (total && metric.getKey().group().equals("producer-metrics")) {
                return ((Double) metric.getValue().metricValue()).longValue();
            }
        }
        return 0;
    }

    /** What was acknowledged beside what was read of it: lost, misplaced, and by partition. */
    static String compared() {
        int lost = 0;
        long[][] of = new long[PARTITIONS][4];
        for (var entry : acknowledged.entrySet()) {
            Place place = entry.getValue(), found = read.get(entry.getKey());
            of[place.partition()][0]++;
            of[place.partition()][1] += place.checksum();
            if (found == null) {
                lost++;
            } else {
                of[found.partition()][2]++;
                of[found.partition()][3] += found.checksum();
            }
        }
        StringJoiner partitions = new StringJoiner(",");
        for (long[] one : of) {
            partitions.add(String.format(
                "{\"acknowledged\":[%d,%d],\"read\":[%d,%d]}", one[0], one[1], one[2], one[3]));
        }
        return String.format(
            "\"lost\":%d,\"twice\":%d,\"broken\":%d,\"partitions\":[%s]", lost, twice.get(), broken.get(), partitions);
    }
}
