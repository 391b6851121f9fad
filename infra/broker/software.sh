# The JDK and Kafka below /opt, each from an archive whose SHA-512 the stack knows.

# Sets up /opt/jdk and /opt/kafka. What is there already is left as it is.
install_software() {
  local processor jdk kafka
  case $(uname -m) in
    x86_64) processor=x64 ;;
    aarch64) processor=aarch64 ;;
    *) stop "there is no JDK for the processor $(uname -m)" ;;
  esac
  jdk=amazon-corretto-$JDK_VERSION-linux-$processor
  kafka=kafka_2.13-$KAFKA_VERSION
  unpack "$jdk" "$jdk.tar.gz" "https://corretto.aws/downloads/resources/$JDK_VERSION" "$JDK_SHA512"
  unpack "$kafka" "$kafka.tgz" "https://archive.apache.org/dist/kafka/$KAFKA_VERSION" "$KAFKA_SHA512"
  ln -sfnT "/opt/$jdk" /opt/jdk
  ln -sfnT "/opt/$kafka" /opt/kafka
}

# unpack FOLDER ARCHIVE HOME SHA512: a folder of /opt that is whole, or not there.
unpack() {
  local wanted found
  [ ! -d "/opt/$1" ] || return 0
  rm -rf /opt/.unpacked
  mkdir -p /opt/.unpacked/folder
  patiently "$2 does not come from ${SOURCE:-$3}" fetch "${SOURCE:-$3}/$2"
  wanted=$(printf %s "$4" | tr -d ' ' | tr A-F a-f)
  found=$(sha512sum </opt/.unpacked/archive | cut -c 1-128)
  if [ "$found" != "$wanted" ]; then
    rm -rf /opt/.unpacked
    stop "$2 from ${SOURCE:-$3} has the SHA-512 $found, and the stack says $wanted. It was not unpacked, and no disk was touched"
  fi
  tar -xzf /opt/.unpacked/archive --no-same-owner --strip-components 1 -C /opt/.unpacked/folder
  sync -f /opt/.unpacked/folder
  mv -T /opt/.unpacked/folder "/opt/$1"
  rm -rf /opt/.unpacked
}

# fetch URL
fetch() {
  case $1 in
    s3://*) aws s3 cp --only-show-errors "$1" /opt/.unpacked/archive ;;
    *) curl -fsSL --connect-timeout 10 --speed-limit 1000 --speed-time "$MINUTE" -o /opt/.unpacked/archive "$1" ;;
  esac
}
