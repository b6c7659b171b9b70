"""What is compared: GAN recipes, their networks and the games they play.

A variant is one decorated class in one file of this package (or in a package of
your own that declares an entry point in the group ``gan_bench.plugins``)::

    from variants.zoo.dcgan import Dcgan
    from variants.registry import register

    @register("dcgan-narrow")
    class DcganNarrow(Dcgan):
        '''DCGAN with a quarter of the filters.'''

        generator_width: int = 16
        critic_width: int = 16

Importing this package costs no torch: recipes are plain data until a network is built.
"""
