[[nodiscard]] int result();

void use() {
#ifdef LINUX_AIO_MISTAKE
  result();
#else
  static_cast<void>(result());
#endif
}
