/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/cuda/emulation/fiber.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#if defined(__SANITIZE_ADDRESS__)
#define HAVE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAVE_ASAN 1
#endif
#endif

#ifdef HAVE_ASAN
#include <sanitizer/common_interface_defs.h>
#define STACK_BYTES (512 * 1024)
#else
#define STACK_BYTES (256 * 1024)
#endif

#ifndef __x86_64__
#include <ucontext.h>
#endif

/* Where a coroutine, or the thread that resumes them, stopped. */
typedef struct
{
#ifdef __x86_64__
  void *stack_pointer;
#else
  ucontext_t context;
#endif
  const void *bottom;
  size_t      size;
} Place;

struct SagFiber
{
  Place place;
  void (*func) (void *data);
  void *data;
  bool  done;
};

static Place     outside;
static SagFiber *running;

#ifdef __x86_64__
extern "C" void sag_fiber_switch (void **save, void *load);

/* Registers that a function must preserve go onto the stack that is left. */
__asm__(".text\n"
        ".type sag_fiber_switch, @function\n"
        "sag_fiber_switch:\n"
        "  pushq %rbp\n  pushq %rbx\n  pushq %r12\n  pushq %r13\n  pushq %r14\n  pushq %r15\n"
        "  movq %rsp, (%rdi)\n"
        "  movq %rsi, %rsp\n"
        "  popq %r15\n  popq %r14\n  popq %r13\n  popq %r12\n  popq %rbx\n  popq %rbp\n"
        "  ret\n"
        ".size sag_fiber_switch, . - sag_fiber_switch\n");
#endif

static void
change (Place *from, Place *to)
{
#ifdef HAVE_ASAN
  void *fake;

  __sanitizer_start_switch_fiber (&fake, to->bottom, to->size);
#endif
#ifdef __x86_64__
  sag_fiber_switch (&from->stack_pointer, to->stack_pointer);
#else
  swapcontext (&from->context, &to->context);
#endif
#ifdef HAVE_ASAN
  __sanitizer_finish_switch_fiber (fake, &to->bottom, &to->size);
#endif
}

static void
enter (void)
{
#ifdef HAVE_ASAN
  __sanitizer_finish_switch_fiber (NULL, &outside.bottom, &outside.size);
#endif
  for (;;)
    {
      SagFiber *self = running;

      self->func (self->data);
      self->done = true;
      change (&self->place, &outside);
    }
}

SagFiber *
sag_fiber_new (void (*func) (void *data), void *data)
{
  SagFiber *fiber = (SagFiber *) calloc (1, sizeof *fiber);
  void     *stack = mmap (NULL, STACK_BYTES, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

  if (fiber == NULL || stack == MAP_FAILED)
    abort ();
  fiber->func = func;
  fiber->data = data;
  fiber->place.bottom = stack;
  fiber->place.size = STACK_BYTES;
#ifdef __x86_64__
  /* As if enter() had been called: its own return address, never used, keeps the stack's alignment. */
  uintptr_t *top = (uintptr_t *) ((char *) stack + STACK_BYTES) - 8;

  top[6] = (uintptr_t) enter;
  fiber->place.stack_pointer = top;
#else
  getcontext (&fiber->place.context);
  fiber->place.context.uc_stack.ss_sp = stack;
  fiber->place.context.uc_stack.ss_size = STACK_BYTES;
  makecontext (&fiber->place.context, enter, 0);
#endif
  return fiber;
}

bool
sag_fiber_resume (SagFiber *fiber)
{
  fiber->done = false;
  running = fiber;
  change (&outside, &fiber->place);
  running = NULL;
  return fiber->done;
}

void
sag_fiber_pause (void)
{
  change (&running->place, &outside);
}

bool
sag_fiber_owns (const void *address)
{
  return running != NULL &&
         (uintptr_t) address - (uintptr_t) running->place.bottom < running->place.size;
}
