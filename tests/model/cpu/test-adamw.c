/* SPDX-License-Identifier: Apache-2.0 */

/* The optimiser against torch.optim.AdamW with clipping and transformers' schedule: four steps of two tensors. */

#include "model/cpu/train/adamw.h"
#include "model/bundle/safetensors.h"

#include "tests/support/test.h"

#include <math.h>
#include <string.h>

#define N_STEPS 4

static const gsize sizes[2] = { 35, 7 };

static void G_GNUC_PRINTF (4, 5)
  read_floats (SagTensorFile *file, gsize n, float *out, const char *format, ...)
{
  g_autofree char *name = NULL;
  va_list          arguments;
  const SagTensor *tensor;

  va_start (arguments, format);
  name = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  tensor = sag_tensor_file_find (file, name);
  g_assert_nonnull (tensor);
  g_assert_cmpuint (tensor->n_values, ==, n);
  g_assert_true (sag_tensor_read_floats (tensor, 0, n, out));
}

static void
check_params (SagTensorFile *file, const SagCpuParams *params, int step)
{
  float golden[35];

  for (int p = 0; p < 2; p++)
    {
      read_floats (file, sizes[p], golden, "p%d_after%d", p, step);
      for (gsize i = 0; i < sizes[p]; i++)
        g_assert_cmpfloat (fabs ((double) params->items[p].value[i] - golden[i]), <=, 1e-6);
    }
}

/* Only the first tensor decays. */
static void
run_step (SagTensorFile *file, SagCpuParams *params, SagPool *pool, int index, double lr)
{
  SagTrainStep step = {
    .lr = lr, .weight_decay = 0.1, .beta1 = 0.9, .beta2 = 0.999, .eps = 1e-8, .max_norm = 1.0
  };
  float golden;

  for (int p = 0; p < 2; p++)
    read_floats (file, sizes[p], params->items[p].grad, "g%d_step%d", p, index);
  step.grad_norm = sag_cpu_grad_norm (params, pool);
  read_floats (file, 1, &golden, "norm_step%d", index);
  g_assert_cmpfloat (fabs (step.grad_norm - golden), <=, 1e-5 * golden);
  sag_cpu_adamw (params, pool, &step, index + 1);
  check_params (file, params, index);
}

static void
test_golden (void)
{
  g_autofree char *path = sag_test_shared ("oracle/model/adamw_unit.safetensors");
  g_autoptr (GError) error = NULL;
  g_autoptr (SagTensorFile) file = NULL;
  g_autoptr (SagPool) pool = NULL;
  float        arrays[2][4][35] = { 0 };
  SagCpuParam  items[2] = { 0 };
  SagCpuParams params = { items, 2, NULL };
  float        lr[N_STEPS];

  if (path == NULL)
    return;
  file = sag_tensor_file_open (path, &error);
  g_assert_no_error (error);
  pool = sag_pool_new (2);
  for (int p = 0; p < 2; p++)
    {
      items[p] = (SagCpuParam){ .spec.n_values = sizes[p],
                                .value = arrays[p][0],
                                .grad = arrays[p][1],
                                .exp_avg = arrays[p][2],
                                .exp_avg_sq = arrays[p][3],
                                .trains = TRUE,
                                .decays = p == 0,
                                .rate = 1 };
      read_floats (file, sizes[p], items[p].value, "p%d_init", p);
    }
  read_floats (file, N_STEPS, lr, "lr_used");
  g_assert_cmpfloat (fabs (lr[2] - 0.01), <, 1e-9);
  for (int step = 0; step < N_STEPS; step++)
    run_step (file, &params, pool, step, lr[step]);
}

/* A tensor's own rate is as if the step's had been that for it alone, its decay included. */
static void
test_rate (void)
{
  g_autoptr (SagPool) pool = sag_pool_new (1);
  float values[2][2][5];

  for (int run = 0; run < 2; run++)
    {
      float        moments[2][3][5] = { 0 };
      SagCpuParam  items[2] = { 0 };
      SagCpuParams params = { items, 2, NULL };
      SagTrainStep step = { .lr = run == 0 ? 0.02 : 0.005,
                            .weight_decay = 0.1,
                            .beta1 = 0.9,
                            .beta2 = 0.999,
                            .eps = 1e-8 };

      for (int p = 0; p < 2; p++)
        {
          items[p] = (SagCpuParam){ .spec.n_values = 5,
                                    .value = values[run][p],
                                    .grad = moments[p][0],
                                    .exp_avg = moments[p][1],
                                    .exp_avg_sq = moments[p][2],
                                    .trains = TRUE,
                                    .decays = TRUE,
                                    .rate = run == 1 && p == 0 ? 4 : 1 };
          for (int i = 0; i < 5; i++)
            {
              values[run][p][i] = (float) (i + 1);
              moments[p][0][i] = (float) (i - 2);
            }
        }
      sag_cpu_adamw (&params, pool, &step, 1);
    }
  for (int i = 0; i < 5; i++)
    {
      g_assert_cmpfloat_with_epsilon (values[0][0][i], values[1][0][i], 1e-6);
      g_assert_cmpfloat (fabsf (values[0][1][i] - values[1][1][i]), >, 1e-3);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cpu/adamw/golden", test_golden);
  g_test_add_func ("/cpu/adamw/rate", test_rate);
  return g_test_run ();
}
