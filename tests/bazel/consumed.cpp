#include <utility>

class [[clang::consumable(unconsumed)]] Bytes {
 public:
  Bytes() = default;
  Bytes(Bytes&&) = default;
  [[clang::callable_when("unconsumed")]] int size() const { return 0; }
};

int size_of_moved(Bytes bytes) {
  const Bytes taken = std::move(bytes);
#ifdef LINUX_AIO_MISTAKE
  return bytes.size();
#else
  return taken.size();
#endif
}
