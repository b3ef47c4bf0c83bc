/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/cuda/emulation/emulation.h"

#include "tests/cuda/emulation/fiber.h"
#include "tests/cuda/emulation/half.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <deque>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#define WARP 32
#define MAX_THREADS 1024
#define MAX_SHARED (64 * 1024) /* what a block can have on sm_75 */
#define INVALID_CONFIGURATION 9

SagEmulationNow sag_emulation_now;
void (*sag_emulation_on_atomic) (void *where, size_t n_bytes, void *code);
dim3 sag_emulation_thread, sag_emulation_block, sag_emulation_block_dims, sag_emulation_grid_dims;

enum State
{
  READY,
  AT_BLOCK,
  AT_WARP,
  DONE,
};

struct Warp
{
  const char      *func;
  unsigned         n_arrived;
  unsigned         turn;
  SagEmulationSlot slots[2][WARP];
};

/* 16 bytes on their way. */
struct Copy
{
  void       *to;
  const void *from; /* NULL: zeros */
  unsigned    group;
};

/* What a thread has on its way, first started first. */
struct Copies
{
  std::deque<Copy> copies;
  unsigned         n_closed; /* groups */
};

static struct
{
  const std::function<void ()> *body;
  unsigned                      n_threads;
  bool                          yielded; /* a thread of the warp that runs */
  State                         states[MAX_THREADS];
  int                           lines[MAX_THREADS]; /* of the barriers that threads wait at */
  Warp                          warps[MAX_THREADS / WARP];
} block;

static SagEmulationNow &now = sag_emulation_now;

/* Kept for all launches, and as long as the process lives. */
static std::vector<Copies>     &copies = *new std::vector<Copies> (MAX_THREADS);
static std::vector<SagFiber *> &fibers = *new std::vector<SagFiber *>;

static SagEmulationOrder                        order = SAG_EMULATION_MIXED;
static std::set<std::string>                    names;
static std::set<std::pair<std::string, void *>> instances;

void
sag_emulation_set_order (SagEmulationOrder wanted)
{
  order = wanted;
}

/* "(name<T, 3>)" to "name". */
static std::string
plain_name (const char *kernel)
{
  std::string name = kernel;

  if (name[0] == '(')
    name = name.substr (1, name.size () - 2);
  return name.substr (0, name.find_first_of ("< "));
}

bool
sag_emulation_was_launched (const char *name)
{
  return names.count (name) > 0;
}

size_t
sag_emulation_n_kernels (bool templates_once)
{
  return templates_once ? names.size () : instances.size ();
}

static void
fail (const char *what)
{
  fprintf (stderr, "kernel %s, block %u %u %u, thread %u: %s\n", now.kernel, sag_emulation_block.x,
           sag_emulation_block.y, sag_emulation_block.z, now.thread, what);
  abort ();
}

/* Position @i of @n in this launch's order. */
static size_t
pick (size_t i, size_t n)
{
  if (order == SAG_EMULATION_RISING || (order == SAG_EMULATION_MIXED && now.launch % 2 == 0))
    return i;
  return n - 1 - i;
}

static void
run_thread (void *data)
{
  (*block.body) ();
}

static size_t
volume (const dim3 &dims)
{
  return (size_t) dims.x * dims.y * dims.z;
}

static dim3
place (size_t index, const dim3 &dims)
{
  return dim3 ((unsigned) (index % dims.x), (unsigned) (index / dims.x % dims.y),
               (unsigned) (index / dims.x / dims.y));
}

static void
set_thread (unsigned index)
{
  now.thread = index;
  sag_emulation_thread = place (index, sag_emulation_block_dims);
}

static void
pause_as (State state)
{
  unsigned self = now.thread;

  block.states[self] = state;
  sag_fiber_pause ();
  set_thread (self);
}

/* One turn of every thread of a warp that can go on; false if none could. */
static bool
run_warp (unsigned first, unsigned n_lanes)
{
  bool any = false;

  for (unsigned i = 0; i < n_lanes; i++)
    {
      unsigned t = first + (unsigned) pick (i, n_lanes);

      if (block.states[t] != READY)
        continue;
      any = true;
      set_thread (t);
      if (!sag_fiber_resume (fibers[t]))
        continue;
      block.states[t] = DONE;
      if (!copies[t].copies.empty ())
        fail ("leaves with copies on their way");
    }
  return any;
}

/* Each warp goes on as far as it can before the next: nothing but a barrier of the block, or a yield, keeps it back.
 * False if none could.
 */
static bool
run_warps (void)
{
  unsigned n_warps = (block.n_threads + WARP - 1) / WARP;
  bool     any = false;

  for (unsigned i = 0; i < n_warps; i++)
    {
      unsigned first = (unsigned) pick (i, n_warps) * WARP;
      unsigned n_left = block.n_threads - first;

      block.yielded = false;
      while (!block.yielded && run_warp (first, n_left < WARP ? n_left : WARP))
        any = true;
    }
  return any;
}

/* Lets the block's barrier go; false when all threads are done. */
static bool
release_block (void)
{
  unsigned n_waiting = 0, n_done = 0;

  for (unsigned t = 0; t < block.n_threads; t++)
    {
      now.thread = t;
      if (block.states[t] == AT_WARP)
        fail ("waits for its warp, which will not come");
      n_waiting += block.states[t] == AT_BLOCK;
      n_done += block.states[t] == DONE;
    }
  if (n_done == block.n_threads)
    return false;
  if (n_done > 0)
    fail ("some threads left, and others wait at a barrier");
  for (unsigned t = 0; t < block.n_threads; t++)
    {
      now.thread = t;
      if (block.lines[t] != block.lines[0])
        fail ("waits at another barrier than others of its block");
    }
  for (unsigned t = 0; t < block.n_threads; t++)
    block.states[t] = READY;
  now.barrier++;
  return n_waiting > 0;
}

static void
run_block (size_t shared)
{
  now.shared = (char *) malloc (shared > 0 ? shared : 1);
  now.n_shared = shared;
  if (now.shared == NULL)
    fail ("no memory");
  memset (now.shared, 0xff, shared);
  for (unsigned t = 0; t < block.n_threads; t++)
    block.states[t] = READY;
  now.barrier = 0;
  memset (now.sync, 0, sizeof now.sync);
  for (Warp &warp : block.warps)
    warp.n_arrived = warp.turn = 0;
  do
    while (run_warps ())
      ;
  while (release_block ());
  free (now.shared);
}

void
sag_emulation_run (const SagEmulationLaunch &launch)
{
  /* One launch at a time, also of engines on different threads: the state above is one GPU's. */
  static std::mutex           mutex;
  std::lock_guard<std::mutex> lock (mutex);
  size_t                      n_blocks = volume (launch.grid);

  names.insert (plain_name (launch.name));
  instances.insert ({ plain_name (launch.name), launch.kernel });
  now.launch++;
  now.kernel = launch.name;
  block.body = &launch.body;
  block.n_threads = (unsigned) volume (launch.block);
  while (fibers.size () < block.n_threads)
    fibers.push_back (sag_fiber_new (run_thread, NULL));
  sag_emulation_block_dims = launch.block;
  sag_emulation_grid_dims = launch.grid;
  for (size_t i = 0; i < n_blocks; i++)
    {
      now.block = (unsigned) pick (i, n_blocks);
      sag_emulation_block = place (now.block, launch.grid);
      run_block (launch.shared);
    }
  now.kernel = NULL;
}

int
sag_emulation_launch (const SagEmulationLaunch &launch, void *stream)
{
  const dim3 &grid = launch.grid;
  size_t      n_threads = volume (launch.block);

  if (volume (grid) == 0 || n_threads == 0 || n_threads > MAX_THREADS || grid.y > 65535 ||
      grid.z > 65535 || grid.x > 0x7fffffffu || launch.shared > MAX_SHARED)
    return INVALID_CONFIGURATION;
  if (stream == NULL)
    sag_emulation_run (launch);
  else
    sag_emulation_stream_push ((SagEmulationStream *) stream,
                               [launch] () { sag_emulation_run (launch); });
  return 0;
}

void *
sag_emulation_shared (void)
{
  return now.shared;
}

void
sag_emulation_sync_block (int line)
{
  block.lines[now.thread] = line;
  pause_as (AT_BLOCK);
}

void
sag_emulation_yield (void)
{
  block.yielded = true;
  pause_as (READY);
}

void
sag_emulation_atomic (void *where, size_t n_bytes, void *code)
{
  if (sag_emulation_on_atomic != NULL)
    sag_emulation_on_atomic (where, n_bytes, code);
}

int
sag_emulation_lane (void)
{
  return (int) (now.thread % WARP);
}

const SagEmulationSlot *
sag_emulation_sync_warp (const char *func, unsigned mask, const void *value, size_t n_bytes)
{
  unsigned first = now.thread / WARP * WARP;
  Warp    *warp = &block.warps[now.thread / WARP];
  unsigned turn = warp->turn;

  if (mask != 0xffffffffu || first + WARP > block.n_threads)
    fail ("calls a warp function without the whole warp");
  if (warp->n_arrived > 0 && warp->func != func)
    fail ("is at another warp function than others of its warp");
  warp->func = func;
  if (n_bytes > 0)
    memcpy (&warp->slots[turn][now.thread - first], value, n_bytes);
  if (++warp->n_arrived < WARP)
    {
      pause_as (AT_WARP);
      return warp->slots[turn];
    }
  warp->n_arrived = 0;
  warp->turn = 1 - turn;
  now.sync[first / WARP] += n_bytes == 0;
  for (unsigned t = first; t < first + WARP; t++)
    {
      if (t != now.thread && block.states[t] != AT_WARP)
        fail ("is at a warp function where another of its warp is not");
      block.states[t] = READY;
    }
  return warp->slots[turn];
}

/* What a lane brings to a product, and takes from it. */
struct Fragments
{
  uint32_t a[4];
  uint32_t b[2];
  float    d[4];
};

/* All float16 as float32. */
static const float *
half_table (void)
{
  static float table[65536];

  if (table[1] == 0)
    for (unsigned i = 0; i < 65536; i++)
      {
        SagHalf half;

        half.bits = (uint16_t) i;
        table[i] = sag_half_to_float (half);
      }
  return table;
}

/* The two float16 of one register, to places @step apart. */
static void
unpack (const float *table, uint32_t bits, float *values, int step)
{
  values[0] = table[bits & 0xffff];
  values[step] = table[bits >> 16];
}

/* PTX ISA, "Matrix Fragments for mma.m16n8k16": with group = lane / 4 and part = lane % 4, the registers of
 *   a  hold rows group, group + 8, group, group + 8, columns 2 part + {0, 1}, in the last two 8 more
 *   b  hold column group, rows 2 part + {0, 1}, in the last 8 more
 *   d  are (group, 2 part), (group, 2 part + 1), (group + 8, 2 part), (group + 8, 2 part + 1)
 */
static void
multiply_warp (Fragments *const lanes[WARP])
{
  const float *table = half_table ();
  float        a[16][16], b[16][8], d[16][8];

  for (int lane = 0; lane < WARP; lane++)
    {
      int group = lane / 4, part = lane % 4 * 2;

      for (int r = 0; r < 4; r++)
        {
          unpack (table, lanes[lane]->a[r], &a[group + r % 2 * 8][part + r / 2 * 8], 1);
          d[group + r / 2 * 8][part + r % 2] = lanes[lane]->d[r];
        }
      for (int r = 0; r < 2; r++)
        unpack (table, lanes[lane]->b[r], &b[part + r * 8][group], 8);
    }
  for (int i = 0; i < 16; i++)
    for (int k = 0; k < 16; k++)
      for (int j = 0; j < 8; j++)
        d[i][j] += a[i][k] * b[k][j];
  for (int lane = 0; lane < WARP; lane++)
    for (int r = 0; r < 4; r++)
      lanes[lane]->d[r] = d[lane / 4 + r / 2 * 8][lane % 4 * 2 + r % 2];
}

void
sag_emulation_mma (float d[4], const uint32_t a[4], const uint32_t b[2])
{
  Fragments               mine = { { a[0], a[1], a[2], a[3] }, { b[0], b[1] }, {} };
  Warp                   *warp = &block.warps[now.thread / WARP];
  bool                    last = warp->n_arrived == WARP - 1;
  const SagEmulationSlot *slots;

  memcpy (mine.d, d, sizeof mine.d);
  slots = sag_emulation_sync_warp (__func__, 0xffffffffu, &mine, sizeof mine);
  /* The last lane to come is the first to go on. */
  if (last)
    {
      Fragments *lanes[WARP];

      for (int lane = 0; lane < WARP; lane++)
        lanes[lane] = (Fragments *) slots[lane].bytes;
      multiply_warp (lanes);
    }
  memcpy (&mine, &slots[sag_emulation_lane ()], sizeof mine);
  memcpy (d, mine.d, sizeof mine.d);
}

/* What a lane brings to a load of matrices, and takes from it. */
struct Matrices
{
  const void *row;
  uint32_t    values[4];
};

/* PTX ISA, "ldmatrix": lane l gets columns 2 (l % 4) and one more of row l / 4 of each matrix, of a turned one rows
 * 2 (l % 4) and one more of column l / 4.
 */
static void
load_warp (Matrices *const lanes[WARP], bool turned)
{
  for (int lane = 0; lane < WARP; lane++)
    for (int i = 0; i < 8; i++)
      {
        int matrix = i / 2, across = lane % 4 * 2 + i % 2, along = lane / 4;
        int row = turned ? across : along, column = turned ? along : across;

        ((SagHalf *) lanes[lane]->values)[i] =
          ((const SagHalf *) lanes[matrix * 8 + row]->row)[column];
      }
}

void
sag_emulation_load_matrices (uint32_t to[4], const void *row, bool turned)
{
  Matrices                mine = { row, {} };
  Warp                   *warp = &block.warps[now.thread / WARP];
  bool                    last = warp->n_arrived == WARP - 1;
  const SagEmulationSlot *slots;

  if ((uintptr_t) row % 16 != 0)
    fail ("loads a matrix from where no 16 bytes can be read at once");
  slots = sag_emulation_sync_warp (__func__, 0xffffffffu, &mine, sizeof mine);
  /* The last lane to come is the first to go on. */
  if (last)
    {
      Matrices *lanes[WARP];

      for (int lane = 0; lane < WARP; lane++)
        lanes[lane] = (Matrices *) slots[lane].bytes;
      load_warp (lanes, turned);
    }
  memcpy (&mine, &slots[sag_emulation_lane ()], sizeof mine);
  memcpy (to, mine.values, sizeof mine.values);
}

void
sag_emulation_copy_start (void *to, const void *from)
{
  if ((uintptr_t) to % 16 != 0 || (uintptr_t) from % 16 != 0)
    fail ("copies 16 bytes that cannot be copied at once");
  memset (to, 0xff, 16);
  copies[now.thread].copies.push_back ({ to, from, copies[now.thread].n_closed });
}

void
sag_emulation_copy_close (void)
{
  copies[now.thread].n_closed++;
}

void
sag_emulation_copy_wait (unsigned n_left)
{
  Copies *own = &copies[now.thread];

  while (!own->copies.empty () && own->copies.front ().group + n_left < own->n_closed)
    {
      const Copy &copy = own->copies.front ();

      if (copy.from != NULL)
        memcpy (copy.to, copy.from, 16);
      else
        memset (copy.to, 0, 16);
      own->copies.pop_front ();
    }
}
