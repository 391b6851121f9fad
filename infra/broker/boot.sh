# The order of it all. cloud-init runs this once on each instance, without an argument; its unit at each boot.

# Makes the unit that boots, and leaves the rest to it.
install_boot() {
  make_user
  reserve_ports
  write_units
  write_file /usr/local/sbin/kafka-boot <"$0"
  chmod 755 /usr/local/sbin/kafka-boot
  systemctl daemon-reload
  systemctl enable --now --no-block kafka-boot.service
}

boot() {
  install_software
  take_slot
  prepare_disk
  systemctl start --no-block kafka.service
  say "READY: $volume is mounted, and Kafka is started"
}

case ${1-} in
  boot) boot ;;
  once) install_boot ;;
  *) tirelessly ;;
esac
