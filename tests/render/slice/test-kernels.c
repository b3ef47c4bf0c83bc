/* SPDX-License-Identifier: Apache-2.0 */
#include "render/slice/kernels.h"

#include "render/slice/presets.h"

#include <math.h>
#include <string.h>

#define N 333

typedef struct
{
  float          a[N + 2];
  float          b[N + 2];
  float          c[N + 2];
  gint32         index[N];
  float          fraction[N];
  guint16        labels[5][N + 8];
  guint16        alpha[N];
  guint32        pixels[N];
  SagRenderTable table;
} Input;

static Input *
random_input (void)
{
  Input *in = g_new0 (Input, 1);

  for (int i = 0; i < N + 2; i++)
    {
      in->a[i] = (float) g_test_rand_double_range (-1200, 1200);
      in->b[i] = (float) g_test_rand_double_range (-1200, 1200);
      in->c[i] = (float) g_test_rand_double_range (-1200, 1200);
    }
  in->a[17] = NAN;
  in->a[18] = INFINITY;
  in->a[19] = -INFINITY;
  for (int i = 0; i < N; i++)
    {
      in->index[i] = g_test_rand_int_range (0, N);
      in->fraction[i] = (float) g_test_rand_double ();
      in->alpha[i] = g_test_rand_int_range (0, 256);
      in->pixels[i] = 0xff000000 | (guint32) g_test_rand_int ();
    }
  for (int r = 0; r < 5; r++)
    for (int i = 0; i < N + 8; i++)
      in->labels[r][i] = g_test_rand_int_range (0, 3);
  in->table = (SagRenderTable){ .first = -500, .per_score = 1, .above = 100, .below = -300 };
  for (int i = 0; i < SAG_RENDER_TABLE; i++)
    in->table.colours[i] = (guint32) (i / 4) << 24 | (guint32) (i / 5) << 16 |
                           (guint32) (i / 6) << 8 | (guint32) (i / 9);
  return in;
}

static const SagRenderKernels *
fast (void)
{
  const SagRenderKernels *kernels = sag_render_kernels_get ();

  if (kernels == &sag_render_kernels_portable)
    g_test_skip ("this processor has the portable kernels only");
  return kernels;
}

/* The same pixels on every processor. */
static void
test_same (void)
{
  g_autofree Input       *in = random_input ();
  const SagRenderKernels *sets[2] = { &sag_render_kernels_portable, fast () };
  float                   lerp[2][N + 1], sampled[2][N], space[2][2][N];
  guint16                 coverage[2][N], edges[2][N];
  guint32                 grey[2][N], over[2][N], painted[2][N], labelled[2][N];
  const SagRenderOffset   offsets[] = {
      { 1, 0, 255 }, { -1, 1, 255 }, { 2, -2, 128 }, { -3, 2, 40 }
  };
  const guint16 *rows[5];
  const guint32  colours[] = { 0, 0x123456, 0xfedcba };

  for (int r = 0; r < 5; r++)
    rows[r] = in->labels[r] + 4;
  for (int s = 0; s < 2; s++)
    {
      const SagRenderKernels *k = sets[s];

      memcpy (over[s], in->pixels, sizeof over[s]);
      memcpy (painted[s], in->pixels, sizeof painted[s]);
      memcpy (labelled[s], in->pixels, sizeof labelled[s]);
      k->lerp_rows (in->b, in->c, 0.37f, N, lerp[s]);
      k->sample (lerp[s], in->index, in->fraction, N - 1, sampled[s]);
      for (int nearest = 0; nearest < 2; nearest++)
        k->sample_space (in->b, (const gint32[]){ 8, 6, 5 }, (const float[]){ -1, 6.5f, 4.75f },
                         (const float[]){ 0.03f, -0.021f, -0.017f }, nearest, N, space[s][nearest]);
      k->window (in->a, N, -850.5f, 1300, 0, grey[s]);
      k->colour (in->a, N, &in->table, over[s]);
      k->contour (in->b + 1, in->a + 1, in->c + 1, N, 20, 400, coverage[s]);
      k->edges (rows + 2, N, offsets, G_N_ELEMENTS (offsets), edges[s]);
      k->paint (0xaa5511, in->alpha, N, painted[s]);
      k->paint_labels (rows[2], edges[s], N, colours, 77, labelled[s]);
    }
  g_assert_cmpmem (lerp[0], sizeof lerp[0], lerp[1], sizeof lerp[1]);
  g_assert_cmpmem (sampled[0], (N - 1) * 4, sampled[1], (N - 1) * 4);
  g_assert_cmpmem (space[0], sizeof space[0], space[1], sizeof space[1]);
  g_assert_cmpmem (grey[0], sizeof grey[0], grey[1], sizeof grey[1]);
  g_assert_cmpmem (over[0], sizeof over[0], over[1], sizeof over[1]);
  g_assert_cmpmem (coverage[0], sizeof coverage[0], coverage[1], sizeof coverage[1]);
  g_assert_cmpmem (edges[0], sizeof edges[0], edges[1], sizeof edges[1]);
  g_assert_cmpmem (painted[0], sizeof painted[0], painted[1], sizeof painted[1]);
  g_assert_cmpmem (labelled[0], sizeof labelled[0], labelled[1], sizeof labelled[1]);
  g_assert_cmphex (grey[0][17], ==, 0xff000000);
  g_assert_cmphex (grey[0][18], ==, 0xffffffff);
  g_assert_cmphex (grey[0][19], ==, 0xff000000);
  g_assert_cmphex (over[0][17], ==, in->pixels[17]);
}

/* Every Hounsfield unit in every preset is the grey that the formula gives, rounded. */
static void
test_window (void)
{
  const SagRenderKernels *kernels = sag_render_kernels_get ();
  g_autofree float       *hu = g_new (float, 8192);
  g_autofree guint32     *pixels = g_new (guint32, 8192);
  gsize                   n_presets;
  const SagRenderPreset  *presets = sag_render_presets (&n_presets);

  for (int i = 0; i < 8192; i++)
    hu[i] = (float) (i - 4096);
  for (gsize p = 0; p < n_presets + 2; p++)
    {
      SagRenderWindow window =
        p < n_presets ? presets[p].window : (SagRenderWindow){ p == n_presets ? 1 : 377, -3.5 };

      kernels->window (hu, 8192, (float) (window.level - window.width / 2), (float) window.width, 0,
                       pixels);
      for (int i = 0; i < 8192; i++)
        {
          double  place = (hu[i] - window.level) / window.width + 0.5;
          guint32 grey =
            (guint32) floor ((hu[i] - window.level + window.width / 2) * 255 / window.width + 0.5);

          grey = place <= 0 ? 0 : place >= 1 ? 255 : grey;
          g_assert_cmphex (pixels[i], ==, 0xff000000 | grey * 0x010101);
        }
      kernels->window (hu, 8192, (float) (window.level - window.width / 2), (float) window.width,
                       0xffffff, pixels);
      g_assert_cmphex (pixels[0], ==, 0xffffffff);
      g_assert_cmphex (pixels[8191], ==, 0xff000000);
    }
}

static guint32
divide (guint32 a)
{
  return (2 * a + 255) / 510;
}

/* Blending rounds each channel as exact arithmetic does. */
static void
test_blend (void)
{
  const SagRenderKernels *kernels = sag_render_kernels_get ();

  for (guint32 alpha = 0; alpha <= 255; alpha++)
    for (guint32 grey = 0; grey <= 255; grey += 5)
      {
        guint16 a = (guint16) alpha;
        guint32 pixel = 0xff000000 | grey << 16 | (255 - grey) << 8 | grey / 2, painted = pixel,
                over = pixel;
        SagRenderTable table = { .above = 0, .below = -INFINITY };
        guint32        rest = 255 - alpha;

        kernels->paint (0xc08040, &a, 1, &painted);
        g_assert_cmphex (painted >> 24, ==, 255);
        g_assert_cmpuint ((painted >> 16) & 255, ==, divide (0xc0 * alpha + grey * rest));
        g_assert_cmpuint ((painted >> 8) & 255, ==, divide (0x80 * alpha + (255 - grey) * rest));
        g_assert_cmpuint (painted & 255, ==, divide (0x40 * alpha + grey / 2 * rest));

        table.colours[0] = alpha << 24 | alpha << 16 | alpha / 2 << 8 | alpha / 3;
        kernels->colour (&table.first, 1, &table, &over);
        g_assert_cmphex (over >> 24, ==, 255);
        g_assert_cmpuint ((over >> 16) & 255, ==, alpha + divide (grey * rest));
        g_assert_cmpuint ((over >> 8) & 255, ==, alpha / 2 + divide ((255 - grey) * rest));
        g_assert_cmpuint (over & 255, ==, alpha / 3 + divide (grey / 2 * rest));
      }
}

static void
test_presets (void)
{
  gsize                  n;
  const SagRenderPreset *presets = sag_render_presets (&n);

  g_assert_cmpuint (n, ==, 7);
  g_assert_cmpstr (presets[0].name, ==, "Lung");
  g_assert_cmpfloat (presets[0].window.width, ==, 1500);
  g_assert_cmpfloat (presets[0].window.level, ==, -600);
  g_assert_true (sag_render_preset_find ("MEDIASTINUM") == &presets[1]);
  g_assert_true (sag_render_preset_find ("model INPUT") == &presets[6]);
  g_assert_null (sag_render_preset_find ("pelvis"));
  g_assert_true (sag_render_preset_of (&(SagRenderWindow){ 80, 40 }) == &presets[5]);
  g_assert_null (sag_render_preset_of (&(SagRenderWindow){ 81, 40 }));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/render/kernels/same", test_same);
  g_test_add_func ("/render/kernels/window", test_window);
  g_test_add_func ("/render/kernels/blend", test_blend);
  g_test_add_func ("/render/presets/table", test_presets);
  return g_test_run ();
}
