//! Stand-ins for what a host without AWS does not have, each as strict as what it stands in for.
//!
//! | what it does | where that is said |
//! |---|---|
//! | a volume that is attached cannot be attached once more: `VolumeInUse` | EC2 API reference, "Error codes" |
//! | the serial number of a disk is its volume's ID without the hyphen | EBS guide, "Map Amazon EBS volumes to NVMe device names" |
//! | an instance's metadata are told to who has a token (IMDSv2) | EC2 guide, "Use the Instance Metadata Service to access instance metadata" |
//! | a parameter that is put has the next version; the first one is 1 | SSM API reference, "PutParameter" |
//! | `mkfs.xfs` refuses what is not empty without `-f`; a label has 12 characters | mkfs.xfs(8), `-f`, `-L` |
//! | `kafka-storage.sh format` refuses a folder that is formatted, unless `--ignore-formatted`, and another cluster's always; it writes `meta.properties` last | `StorageTool.scala` of Kafka 3.7.1 |

/// `/run/aws` is what AWS knows: `volumes/<id>/` with `tags`, `on` (the instance that has it), `disk`, `fs` (what is in
/// its file system); `records/<name>`, and `versions/<name>` of those that were put; `instance`; `down` if nobody answers, `denied` if nothing may be written.
pub const AWS: &str = r#"#!/bin/bash
aws=/run/aws
echo "$*" >>$aws/calls
what="$1 $2"
shift 2
fail() { printf '\nAn error occurred (%s) when calling the %s operation: %s\n' "$1" "$what" "$2" >&2; exit 254; }
[ ! -e $aws/down ] || { echo 'Could not connect to the endpoint URL: "https://ec2.us-west-2.amazonaws.com/"' >&2; exit 255; }
[ "$AWS_DEFAULT_REGION" = us-west-2 ] || fail NoRegion 'You must specify a region.'
declare -A given
filters=() plain=()
while [ $# -gt 0 ]; do
  case $1 in
    --overwrite | --only-show-errors) given[$1]=yes; shift ;;
    --filters) shift; while [ $# -gt 0 ] && [[ $1 != --* ]]; do filters+=("$1"); shift; done ;;
    --*) given[$1]=$2; shift 2 ;;
    *) plain+=("$1"); shift ;;
  esac
done
volume=$aws/volumes/${given[--volume-id]-none}
record=$aws/records/${given[--name]-none} version=$aws/versions/${given[--name]-none}
case $what in
  'ec2 describe-volumes')
    [ "${given[--query]} ${given[--output]}" = 'Volumes[].VolumeId text' ] || exit 252
    found=()
    for volume in $aws/volumes/*; do
      for filter in "${filters[@]}"; do
        case $filter in
          Name=tag:*,Values=*) tag=${filter#Name=tag:}; grep -qx "${tag/,Values=/=}" $volume/tags || continue 2 ;;
          Name=status,Values=creating,available,in-use) ;;
          *) fail InvalidParameterValue "$filter" ;;
        esac
      done
      found+=("${volume##*/}")
    done
    IFS=$'\t'
    [ ${#found[@]} = 0 ] || echo "${found[*]}" ;;
  'ec2 attach-volume')
    [ -d $volume ] || fail InvalidVolume.NotFound "The volume '${given[--volume-id]}' does not exist."
    [ "${given[--instance-id]}" = "$(cat $aws/instance)" ] || fail InvalidInstanceID.NotFound "${given[--instance-id]}"
    [ ! -e $volume/on ] || fail VolumeInUse "${given[--volume-id]} is already attached to an instance"
    cat $aws/instance >$volume/on
    echo '{"State": "attaching"}' ;;
  'ssm get-parameter')
    [ "${given[--query]} ${given[--output]}" = 'Parameter.[Version,Value] text' ] || exit 252
    [ -e "$record" ] || fail ParameterNotFound ''
    printf '%s\t%s\n' "$(cat "$version" 2>/dev/null || echo 1)" "$(cat "$record")" ;;
  'ssm put-parameter')
    [ ! -e $aws/denied ] || fail AccessDeniedException 'is not authorized to perform: ssm:PutParameter'
    [ "${given[--overwrite]-}" = yes ] || fail ParameterAlreadyExists 'The parameter already exists.'
    mkdir -p $aws/versions
    echo $(($(cat "$version" 2>/dev/null || echo 1) + 1)) >"$version"
    echo "${given[--value]}" >"$record"
    echo "${given[--value]}" >>$aws/history ;;
  's3 cp') cp "$aws/s3/${plain[0]#s3://}" "${plain[1]}" || fail 404 'Not Found' ;;
  *) echo "aws: $what is not known here" >&2; exit 252 ;;
esac
"#;

/// The metadata of the instance; everything else is curl's own.
pub const CURL: &str = r#"#!/bin/bash
case "$*" in
  *http://169.254.169.254/latest/api/token) case "$*" in *'-X PUT'*ttl-seconds*) printf T ;; *) exit 22 ;; esac ;;
  *'X-aws-ec2-metadata-token: T http://169.254.169.254/latest/meta-data/instance-id') tr -d '\n' </run/aws/instance ;;
  *169.254*) echo 'curl: (22) The requested URL returned error: 401' >&2; exit 22 ;;
  *) exec /usr/bin/curl "$@" ;;
esac
"#;

/// The disks of this instance.
pub const LSBLK: &str = r#"#!/bin/bash
[ "$*" = '-dnpo NAME,SERIAL' ] || exit 1
echo '/dev/nvme0n1 vol00000000000000000'
for volume in /run/aws/volumes/*; do
  id=${volume##*/}
  [ ! -e $volume/hidden ] && cmp -s $volume/on /run/aws/instance && echo "$volume/disk ${id/-/}"
done
exit 0
"#;

/// Makes the header of a file system, and the folder that is in it.
pub const MKFS: &str = r#"#!/bin/bash
force=no
while [ $# -gt 1 ]; do
  case $1 in
    -q) ;;
    -f) force=yes ;;
    -L) shift; [ ${#1} -le 12 ] || exit 1 ;;
    *) exit 1 ;;
  esac
  shift
done
[ $force = yes ] || [ "$(head -c 4194304 "$1" | tr -d '\000' | wc -c)" = 0 ] ||
  { echo "mkfs.xfs: $1 appears to contain an existing filesystem" >&2; exit 1; }
header() { printf "$2" | dd of="$1" conv=notrunc status=none; }
header "$1" half
rm -rf "${1%/disk}/fs"
mkdir "${1%/disk}/fs"
header "$1" XFSB
echo "$1" >>/run/aws/made
"#;

/// Mounts what has such a header.
pub const MOUNT: &str = r#"#!/bin/bash
[ "$1 $2" = '-o noatime' ] || exit 1
[ "$(head -c 4 "$3")" = XFSB ] || { echo "mount: $4: wrong fs type, bad superblock on $3." >&2; exit 32; }
exec /bin/mount --bind "${3%/disk}/fs" "$4"
"#;

/// Notes whose file system took the space that there is.
pub const GROW: &str = "#!/bin/sh\nmountpoint -q \"$1\" && echo \"$1\" >>/run/aws/grown\n";

/// systemd notes what it is told.
pub const SYSTEMCTL: &str = "#!/bin/sh\necho \"$*\" >>/run/systemctl\n";

/// A user of a number.
pub const GROUPADD: &str =
    "#!/bin/sh\n[ \"$*\" = '--gid 19092 kafka' ] && echo kafka:x:19092: >>/etc/group\n";
/// The same.
pub const USERADD: &str = r#"#!/bin/sh
[ "$1 $2 $3 $4" = '--uid 19092 --gid kafka' ] && echo kafka:x:19092:19092::/var/lib/kafka:/sbin/nologin >>/etc/passwd
"#;

/// Where there is no other user than root.
pub const CHROOT: &str = "#!/bin/bash\n[ \"${*:1:4}\" = '--userspec=kafka:kafka --groups=kafka --skip-chdir /' ] && exec \"${@:5}\"\n";
/// The same.
pub const INSTALL: &str = r#"#!/bin/bash
all=()
while [ $# -gt 0 ]; do
  case $1 in -o | -g) shift ;; *) all+=("$1") ;; esac
  shift
done
exec /usr/bin/install "${all[@]}"
"#;

/// Every one that any host has, with its name.
pub const ALL: [(&str, &str); 9] = [
    ("aws", AWS),
    ("curl", CURL),
    ("lsblk", LSBLK),
    ("mkfs.xfs", MKFS),
    ("mount", MOUNT),
    ("xfs_growfs", GROW),
    ("systemctl", SYSTEMCTL),
    ("groupadd", GROUPADD),
    ("useradd", USERADD),
];

/// Those that a host has besides where there is no other user than root.
pub const OF_ROOT_ALONE: [(&str, &str); 2] = [("chroot", CHROOT), ("install", INSTALL)];

/// `kafka-storage.sh` of the archive.
pub const STORAGE: &str = r#"#!/bin/bash
set -eu
[ -x "$JAVA_HOME/bin/java" ] && [ -w "$LOG_DIR" ] && [ "$1" = format ] || exit 1
shift
ignore=no
while [ $# -gt 0 ]; do
  case $1 in
    --ignore-formatted) ignore=yes ;;
    --cluster-id) shift; id=$1 ;;
    --config) shift; config=$1 ;;
    *) echo "StorageTool: unrecognized arguments: $1" >&2; exit 1 ;;
  esac
  shift
done
[[ $id =~ ^[A-Za-z0-9_][A-Za-z0-9_-]{20}[AQgw]$ ]] || { echo "Cluster ID string $id does not appear to be a valid UUID" >&2; exit 1; }
node=$(sed -n 's/^node.id=//p' "$config") folder=$(sed -n 's/^log.dirs=//p' "$config")
if [ -e "$folder/meta.properties" ]; then
  [ $ignore = yes ] || { echo "Log directory $folder is already formatted." >&2; exit 1; }
  grep -qx "cluster.id=$id" "$folder/meta.properties" || { echo "Invalid cluster.id in $folder" >&2; exit 1; }
  exit 0
fi
echo "Formatting $folder with metadata.version 3.7-IV4."
mkdir -p "$folder"
echo bootstrap >"$folder/bootstrap.checkpoint"
printf '#\ncluster.id=%s\nversion=1\nnode.id=%s\n' "$id" "$node" >"$folder/meta.properties.tmp"
mv "$folder/meta.properties.tmp" "$folder/meta.properties"
"#;

/// `kafka-server-start.sh` of the archive.
pub const START: &str = r#"#!/bin/bash
exec "$JAVA_HOME/bin/java" "-Dkafka.logs.dir=$LOG_DIR" -cp /opt/kafka/libs/kafka_2.13-3.7.1.jar kafka.Kafka "$@"
"#;
