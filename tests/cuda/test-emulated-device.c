/* SPDX-License-Identifier: Apache-2.0 */

/* The emulated device is as late, as forgetful and as strict as a GPU may be. */

#include "cuda/device.h"

#include "tests/support/test.h"

#include <math.h>
#include <string.h>

#define N 8
#define BYTES (N * sizeof (float))

/* A device with memory of both kinds, and work: values up, GELU, down. */
typedef struct
{
  SagCudaDevice *device;
  float         *memory;
  float         *pinned;
  SagCudaGraph  *graph;
  unsigned       n_queued;
  bool           cancelled;
} Fixture;

static void
fixture_init (Fixture *f)
{
  SagStatus status = { 0 };

  *f = (Fixture){ .device = sag_cuda_open (0, &status) };
  f->memory = sag_cuda_alloc (f->device, BYTES, &status);
  f->pinned = sag_cuda_alloc_pinned (f->device, BYTES, &status);
}

static void
fixture_clear (Fixture *f)
{
  sag_cuda_graph_free (f->device, f->graph);
  sag_cuda_free (f->device, f->memory, BYTES);
  sag_cuda_free_pinned (f->device, f->pinned);
  sag_cuda_close (f->device);
}

static void
fill (Fixture *f, float value)
{
  for (int i = 0; i < N; i++)
    f->pinned[i] = value;
}

static float
gelu (float x)
{
  return 0.5f * x * (1 + erff (x * (float) M_SQRT1_2));
}

static bool
queue (void *data)
{
  Fixture *f = data;

  f->n_queued++;
  sag_cuda_upload (f->device, f->memory, f->pinned, BYTES);
  sag_cuda_check (f->device,
                  sag_cuda_launch_activate (f->memory, SAG_CUDA_FLOAT, N, SAG_CUDA_ACT_GELU,
                                            sag_cuda_get_stream (f->device)),
                  "an activation");
  sag_cuda_download (f->device, f->pinned, f->memory, BYTES);
  return !f->cancelled;
}

/* An answer is there after the wait, and not before. */
static void
test_late (void)
{
  Fixture f;

  fixture_init (&f);
  fill (&f, 3);
  queue (&f);
  g_assert_cmpfloat (f.pinned[0], ==, 3);
  g_assert_true (sag_cuda_wait (f.device, NULL));
  g_assert_cmpfloat_with_epsilon (f.pinned[N - 1], gelu (3), 1e-6);
  fixture_clear (&f);
}

/* What lies in pinned memory must stay until the wait. */
static void
test_overwritten (void)
{
  Fixture f;

  fixture_init (&f);
  fill (&f, 3);
  queue (&f);
  fill (&f, 5);
  g_assert_true (sag_cuda_wait (f.device, NULL));
  g_assert_cmpfloat_with_epsilon (f.pinned[0], gelu (5), 1e-6);
  fixture_clear (&f);
}

/* Queued, recorded, replayed: the work is asked for twice and done each time, with what memory then holds. */
static void
test_graph (void)
{
  Fixture f;

  fixture_init (&f);
  for (int i = 0; i < 4; i++)
    {
      fill (&f, i);
      g_assert_true (sag_cuda_graph_run (f.device, &f.graph, queue, &f));
      g_assert_cmpuint (f.n_queued, ==, MIN (i + 1, 2));
      g_assert_cmpfloat (f.pinned[0], ==, i);
      g_assert_true (sag_cuda_wait (f.device, NULL));
      g_assert_cmpfloat_with_epsilon (f.pinned[0], gelu (i), 1e-6);
    }
  fixture_clear (&f);
}

/* Addresses are part of a record: it does not see that the work means other memory by now. */
static void
test_graph_addresses (void)
{
  Fixture f;
  float  *first, *second;

  fixture_init (&f);
  first = f.pinned;
  second = sag_cuda_alloc_pinned (f.device, BYTES, NULL);
  for (int i = 0; i < 3; i++)
    {
      f.pinned = i < 2 ? first : second;
      fill (&f, 2);
      g_assert_true (sag_cuda_graph_run (f.device, &f.graph, queue, &f));
      g_assert_true (sag_cuda_wait (f.device, NULL));
    }
  g_assert_cmpfloat (second[0], ==, 2);
  g_assert_cmpfloat_with_epsilon (first[0], gelu (gelu (2)), 1e-6);
  sag_cuda_free_pinned (f.device, second);
  f.pinned = first;
  fixture_clear (&f);
}

/* A record that was cancelled is none: nothing of it is done. */
static void
test_graph_cancelled (void)
{
  Fixture f;

  fixture_init (&f);
  fill (&f, 1);
  g_assert_true (sag_cuda_graph_run (f.device, &f.graph, queue, &f));
  g_assert_true (sag_cuda_wait (f.device, NULL));
  f.cancelled = true;
  fill (&f, 2);
  g_assert_false (sag_cuda_graph_run (f.device, &f.graph, queue, &f));
  g_assert_true (sag_cuda_wait (f.device, NULL));
  g_assert_cmpfloat (f.pinned[0], ==, 2);
  f.cancelled = false;
  g_assert_true (sag_cuda_graph_run (f.device, &f.graph, queue, &f));
  g_assert_true (sag_cuda_wait (f.device, NULL));
  g_assert_cmpfloat_with_epsilon (f.pinned[0], gelu (2), 1e-6);
  fixture_clear (&f);
}

static bool
queue_allocation (void *data)
{
  Fixture *f = data;

  sag_cuda_free (f->device, sag_cuda_alloc (f->device, 1, NULL), 1);
  return true;
}

static bool
queue_wait (void *data)
{
  return sag_cuda_wait (((Fixture *) data)->device, NULL);
}

static void
test_graph_refused (gconstpointer data)
{
  SagCudaWork work = *(const SagCudaWork *) data;

  if (g_test_subprocess ())
    {
      Fixture f;

      fixture_init (&f);
      sag_cuda_graph_run (f.device, &f.graph, work, &f);
      sag_cuda_graph_run (f.device, &f.graph, work, &f);
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*while a request is recorded*");
}

/* The processor cannot read the GPU's memory. */
static void
test_touched (void)
{
  if (g_test_subprocess ())
    {
      Fixture f;

      fixture_init (&f);
      g_test_message ("%g", f.memory[0]);
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
}

int
main (int argc, char **argv)
{
  static const SagCudaWork allocation = queue_allocation, wait = queue_wait;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cuda/emulated-device/late", test_late);
  g_test_add_func ("/cuda/emulated-device/overwritten", test_overwritten);
  g_test_add_func ("/cuda/emulated-device/touched", test_touched);
  g_test_add_func ("/cuda/emulated-device/graph", test_graph);
  g_test_add_func ("/cuda/emulated-device/graph/addresses", test_graph_addresses);
  g_test_add_func ("/cuda/emulated-device/graph/cancelled", test_graph_cancelled);
  g_test_add_data_func ("/cuda/emulated-device/graph/allocation", &allocation, test_graph_refused);
  g_test_add_data_func ("/cuda/emulated-device/graph/wait", &wait, test_graph_refused);
  return g_test_run ();
}
