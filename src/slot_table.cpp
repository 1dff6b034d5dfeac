#include <linux_aio/detail/slot.hpp>

namespace linux_aio::detail {

SlotTable::SlotTable(std::uint32_t capacity) noexcept
    : slots_(new(std::nothrow) Slot[capacity]), capacity_(capacity) {
  if (!valid()) return;
  for (std::uint32_t index = capacity; index-- != 0;) {
    Slot& slot = slots_[index];
    slot.tag() = index;
    slot.refusal = 0;
    slot.marked = 0;
    slot.next_free = free_;
    free_ = &slot;
  }
}

}  // namespace linux_aio::detail
