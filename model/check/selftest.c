/* SPDX-License-Identifier: Apache-2.0 */
#include "model/check/selftest.h"

#include "model/bundle/create.h"
#include "model/check/machine.h"
#include "model/check/parity.h"
#include "model/cpu/cpu.h"
#include "model/engine/plugin.h"
#include "model/text/catalogue.h"

#define KERNELS_TOLERANCE 1e-3
#define GOLDEN_TOLERANCE 1e-3
#define GPU_TOLERANCE 0.02
#define LITTLE_MEMORY ((guint64) 1 << 30)

typedef struct
{
  SagSelftestFunc func;
  gpointer        user_data;
  GCancellable   *cancellable;
  guint           n_threads;
  gboolean        passed;
} Run;

const char *
sag_selftest_state_to_string (SagSelftestState state)
{
  static const char *const words[] = { "ok", "--", "NO" };

  return words[state];
}

/* Takes @detail and @advice. */
static void
say (
  Run *run, const char *id, const char *title, SagSelftestState state, char *detail, char *advice)
{
  SagSelftestRow row = { id, title, state, detail, advice };

  if (state == SAG_SELFTEST_FAILED)
    run->passed = FALSE;
  run->func (&row, run->user_data);
  g_free (detail);
  g_free (advice);
}

static void
say_error (Run *run, const char *id, const char *title, const GError *error)
{
  say (run, id, title, SAG_SELFTEST_FAILED, g_strdup (error->message), NULL);
}

static void
try_processor (Run *run, const SagMachine *machine)
{
  const char *name = machine->processor[0] != '\0' ? machine->processor : "unknown";

  say (run, "processor", "processor", machine->has_avx2 ? SAG_SELFTEST_OK : SAG_SELFTEST_NOTE,
       g_strdup_printf ("%s, %u usable, %s", name, machine->n_processors,
                        machine->has_avx2 ? "AVX2 and FMA" : "no AVX2 with FMA"),
       machine->has_avx2 ? NULL
                         : g_strdup ("The portable kernels compute, several times slower; a newer "
                                     "processor or a GPU is faster."));
}

static void
try_memory (Run *run, const SagMachine *machine)
{
  g_autofree char *all = g_format_size_full (machine->memory_bytes, G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *rest = g_format_size_full (machine->free_bytes, G_FORMAT_SIZE_IEC_UNITS);
  gboolean         little = machine->free_bytes < LITTLE_MEMORY;

  if (machine->memory_bytes == 0)
    return;
  say (run, "memory", "memory", little ? SAG_SELFTEST_NOTE : SAG_SELFTEST_OK,
       g_strdup_printf ("%s, of which %s free", all, rest),
       little ? g_strdup ("Close other programs: a scan takes up to 1 GiB while it is asked.")
              : NULL);
}

static void
try_catalogue (Run *run)
{
  g_autoptr (GError) error = NULL;
  SagCatalogue *catalogue = sag_catalogue_get_default (&error);

  if (catalogue == NULL)
    say_error (run, "catalogue", "task catalogue", error);
  else
    say (run, "catalogue", "task catalogue", SAG_SELFTEST_OK,
         g_strdup_printf ("%" G_GSIZE_FORMAT " tasks", sag_catalogue_get_n_tasks (catalogue)),
         NULL);
}

static void
describe_bundle (Run *run, SagBundle *bundle)
{
  gboolean trained = sag_bundle_is_trained (bundle);

  say (run, "bundle", "bundle", trained ? SAG_SELFTEST_OK : SAG_SELFTEST_NOTE,
       g_strdup_printf ("%s%s", sag_bundle_get_name (bundle),
                        trained ? "" : ", untrained: its numbers mean nothing"),
       trained ? NULL
               : g_strdup ("Import a trained checkpoint to get numbers that mean something."));
}

static gboolean
ask_cpu (Run *run, SagBundle *bundle, gboolean portable, SagParity *parity, GError **error)
{
  const SagEngineOptions options = { .n_threads = (gint32) run->n_threads, .portable = portable };

  return sag_parity_ask (sag_cpu_get_table (), &options, bundle, parity, run->cancellable, error);
}

/* The fast kernels and the portable ones agree, and the fast ones say what they said when the
 * program was written. @cpu: (out): what the fast ones say. */
static gboolean
try_cpu (Run *run, SagBundle *bundle, SagParity *cpu)
{
  g_autoptr (GError) error = NULL;
  SagParity portable, golden = sag_parity_golden ();
  double    kernels, known;

  if (!ask_cpu (run, bundle, FALSE, cpu, &error) || !ask_cpu (run, bundle, TRUE, &portable, &error))
    {
      if (!g_cancellable_is_cancelled (run->cancellable))
        say_error (run, "cpu", "CPU engine", error);
      return FALSE;
    }
  kernels = sag_parity_difference (cpu, &portable);
  known = sag_parity_difference (cpu, &golden);
  say (run, "cpu", "CPU engine",
       kernels < KERNELS_TOLERANCE ? SAG_SELFTEST_OK : SAG_SELFTEST_FAILED,
       g_strdup_printf ("%s; the portable way differs by %.1e in a logit", cpu->device, kernels),
       NULL);
  say (run, "golden", "known answers",
       known < GOLDEN_TOLERANCE ? SAG_SELFTEST_OK : SAG_SELFTEST_FAILED,
       g_strdup_printf ("a phantom's answers differ by %.1e in a logit", known),
       known < GOLDEN_TOLERANCE
         ? NULL
         : g_strdup ("Do not use this computer's answers; install a build for its processor."));
  return TRUE;
}

/* A GPU that is not there is no failure; one that is there and does not work is. */
static void
try_gpu (Run *run, SagBundle *bundle, const SagParity *cpu)
{
  g_autoptr (GError) error = NULL;
  SagPluginDevice       device;
  SagParity             gpu;
  double                difference;
  const SagEngineTable *table = sag_plugin_find_cuda_device (0, &device, &error);

  if (table == NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    say (run, "gpu", "GPU engine", SAG_SELFTEST_NOTE, g_strdup (error->message), NULL);
  else if (table == NULL || !sag_parity_ask (table, NULL, bundle, &gpu, run->cancellable, &error))
    say_error (run, "gpu", "GPU engine", error);
  else
    {
      difference = sag_parity_difference (&gpu, cpu);
      say (run, "gpu", "GPU engine",
           difference < GPU_TOLERANCE ? SAG_SELFTEST_OK : SAG_SELFTEST_FAILED,
           g_strdup_printf ("%s, driver %d; differs from the CPU engine by %.1e in a logit",
                            gpu.device, device.driver, difference),
           NULL);
    }
}

static void
try_engines (Run *run)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SagBundle) bundle = sag_bundle_open_untrained (SAG_PARITY_SEED, &error);
  SagParity cpu;

  if (bundle == NULL)
    say_error (run, "cpu", "CPU engine", error);
  else if (try_cpu (run, bundle, &cpu) && !g_cancellable_is_cancelled (run->cancellable))
    try_gpu (run, bundle, &cpu);
}

gboolean
sag_selftest_run (SagBundle      *bundle,
                  guint           n_threads,
                  SagSelftestFunc func,
                  gpointer        user_data,
                  GCancellable   *cancellable)
{
  Run        run = { func, user_data, cancellable, n_threads, TRUE };
  SagMachine machine;

  g_return_val_if_fail (func != NULL, FALSE);

  sag_machine_init (&machine);
  try_processor (&run, &machine);
  try_memory (&run, &machine);
  try_catalogue (&run);
  if (bundle != NULL)
    describe_bundle (&run, bundle);
  if (!g_cancellable_is_cancelled (cancellable))
    try_engines (&run);
  return run.passed && !g_cancellable_is_cancelled (cancellable);
}
