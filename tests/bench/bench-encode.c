/* SPDX-License-Identifier: Apache-2.0 */

/* Times the vision network, tf_efficientnet_b0 in 3D with random weights, on a random volume.
 *
 * bench-encode [THREADS [REPEATS [portable [X Y Z]]]]
 */

#include "model/cpu/vision.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static double
seconds (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);
  return now.tv_sec + now.tv_nsec * 1e-9;
}

static float
next_random (guint32 *state)
{
  *state = *state * 1664525u + 1013904223u;
  return (gint32) *state / 2147483648.0f;
}

/* Convolutions that keep the size of their input, variances of 1, everything else small. */
static bool
read_random (void *data, const char *name, size_t offset, size_t n_values, float *out)
{
  guint32 state = g_str_hash (name);
  float   scale = 0.1f;
  float   shift = 0;

  if (strstr (name, "running_var") || (strstr (name, "bn") && g_str_has_suffix (name, ".weight")))
    shift = 1;
  else if (g_str_has_suffix (name, ".weight"))
    scale = 4 / sqrtf (n_values / 16.0f);
  for (size_t i = 0; i < n_values; i++)
    out[i] = next_random (&state) * scale + shift;
  return true;
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
print_times (const char *what, double *seconds_each, int n)
{
  qsort (seconds_each, n, sizeof *seconds_each, compare);
  printf ("%s: min %.1f median %.1f max %.1f ms\n", what, seconds_each[0] * 1e3,
          seconds_each[n / 2] * 1e3, seconds_each[n - 1] * 1e3);
}

static gboolean
measure (SagCpuVision *vision,
         SagPool      *pool,
         const float  *input,
         const int32_t dims[3],
         float        *features,
         int           n)
{
  g_autofree double *wall = g_new (double, n + 1), *cpu = g_new (double, n + 1);

  for (int i = 0; i <= n; i++)
    {
      double    wall0 = seconds (CLOCK_MONOTONIC), cpu0 = seconds (CLOCK_PROCESS_CPUTIME_ID);
      SagStatus status;

      if (!sag_cpu_vision_encode (vision, pool, input, dims, features, NULL, NULL, &status))
        {
          fprintf (stderr, "%s\n", status.message);
          return FALSE;
        }
      wall[i] = seconds (CLOCK_MONOTONIC) - wall0;
      cpu[i] = seconds (CLOCK_PROCESS_CPUTIME_ID) - cpu0;
    }
  printf ("first call: %.1f ms\n", wall[0] * 1e3);
  print_times ("wall", wall + 1, n);
  print_times ("processor", cpu + 1, n);
  return TRUE;
}

int
main (int argc, char **argv)
{
  int             n_threads = argc > 1 ? atoi (argv[1]) : 0;
  int             n = argc > 2 ? MAX (atoi (argv[2]), 1) : 9;
  gboolean        portable = argc > 3 && g_str_equal (argv[3], "portable");
  int32_t         dims[3] = { 256, 160, 128 }, out[3];
  SagNetwork      network;
  SagWeightSource source = { .network = &network, .read = read_random };
  SagStatus       status;
  struct rusage   usage;
  guint32         state = 1;

  for (int a = 0; a < 3 && argc > 6; a++)
    dims[a] = atoi (argv[4 + a]);
  sag_network_init_paper (&network);
  sag_network_feature_dims (&network, dims, out);

  gsize             n_voxels = (gsize) dims[0] * dims[1] * dims[2];
  g_autofree float *input = g_new (float, n_voxels);
  g_autofree float *features =
    g_new (float, (gsize) out[0] * out[1] * out[2] * network.head_channels);
  g_autoptr (SagPool) pool = sag_pool_new (n_threads);
  g_autoptr (SagCpuVision) vision = sag_cpu_vision_new (&source, portable, &status);

  for (gsize i = 0; i < n_voxels; i++)
    input[i] = next_random (&state) * 0.5f + 0.5f;
  if (vision == NULL || !measure (vision, pool, input, dims, features, n))
    return 1;
  getrusage (RUSAGE_SELF, &usage);
  printf ("%u threads, peak memory %ld MB, feature[0] %g\n", sag_pool_get_n_threads (pool),
          usage.ru_maxrss / 1024, features[0]);
  return 0;
}
